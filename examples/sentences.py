"""The sentences of the example corpus, with slots for words."""

SLOTS = {
    "person": (
        "Anna", "the baker", "my neighbour", "Mr. Okafor", "the old teacher", "a young engineer", "the ferryman", "Mrs. Lindqvist", "the postmistress", "old Bartholomew", "Ines", "the chemist", "Miriam",
        "the gardener", "a retired nurse", "Tomas", "the night watchman", "her cousin", "the librarian", "a visiting student",
    ),
    "place": (
        "the harbour", "the market square", "the village", "the upper valley", "the old mill", "the railway station",
        "the north shore", "the town hall", "the river bank", "the quarry", "the school yard", "the botanical garden",
        "the lighthouse", "the lower lock", "the chapel on the hill", "the tram depot", "the winter camp",
    ),
    "thing": (
        "a wooden box", "the copper kettle", "an iron gate", "the blue notebook", "a map of the coast", "the brass clock",
        "a basket of apples", "the long ladder", "a bundle of letters", "the heavy door", "a glass of water", "the lamp",
    ),
    "quality": (
        "quiet", "careful", "stubborn", "modest", "remarkable", "ordinary", "patient", "uneven", "generous", "simple",
        "surprising", "steady",
    ),
    "season": ("spring", "summer", "autumn", "winter"),
    "number": ("two", "three", "four", "five", "six", "seven", "nine", "twelve", "fifteen", "twenty"),
    "material": ("oak", "limestone", "wool", "clay", "steel", "linen", "granite", "paper", "glass", "leather"),
    "weather": ("rain", "fog", "snow", "sunshine", "a cold wind", "a thunderstorm", "frost", "a warm breeze"),
    "trade": ("masons", "weavers", "sailors", "clerks", "farmers", "printers", "carpenters", "bakers", "teachers"),
    "verb": ("repaired", "described", "measured", "painted", "remembered", "carried", "borrowed", "examined", "forgot"),
}  # fmt: skip

TOPICS = {
    "gardens": (
        "in {season} the beds near {place} need more water than most people think.",
        "{person} {verb} the soil with {thing} and found that it was {quality} work.",
        "a wall of {material} keeps the warmth of the day and gives it back when {weather} comes.",
        "the {trade} who planted these trees did so for the shade and not for the fruit.",
        "after {number} years the roots reach as far as {place}, and nobody can move them.",
        "what grows well beside {thing} may fail only {number} steps away, where the ground is wet.",
        "{person} keeps the seeds in {thing} and sows them when {weather} is over.",
        "the paths were laid with {material} by {trade} from {place}.",
        "most of the work is {quality}, and it has to be done again every {season}.",
        "there is an argument that a {quality} garden is better for birds than a tidy one.",
        "bees come for the flowers in {season}, and they stay for the {quality} corner behind {place}.",
        "when {weather} sets in, {person} covers the young plants with {material} for {number} nights.",
        "a visitor from {place} once asked why the hedge had been cut so low, and {person} laughed.",
        "the best advice that I have heard is to wait for {number} days and then to look again.",
        "compost made of leaves and {material} dust took {number} months to become {quality} earth.",
        "{person} and {person} have shared {thing} for so long that neither knows who bought it.",
    ),
    "bridges": (
        "the first bridge at {place} was built of {material} by {number} {trade}.",
        "it fell in {season}, when {weather} had lasted for {number} days and the water was high.",
        "{person} {verb} the piers and wrote in the report that the {material} was still {quality}.",
        "a bridge is a promise that has to be kept by the {trade} of every generation.",
        "the toll was paid with {thing} if a traveller had no coins, or so {person} told us.",
        "engineers from {place} proposed an arch of {material}, which was thought to be {quality} at the time.",
        "in the archive there is a drawing by {person} with {number} arches and a small chapel.",
        "the {quality} handrail was added after {weather} had made the crossing dangerous.",
        "{number} boats were needed to carry the stones from {place} to the other side.",
        "people who live near {place} say that the bridge hums when there is {weather}.",
        "it carries {number} times the weight for which it was made, and that is because {person} was careful.",
        "the {trade} left their marks in the {material}, and children look for them in {season}.",
        "a second bridge was opened {number} years later with {thing} as a gift for the mayor.",
        "of all the crossings this is the one that {person} has {verb} most often in letters.",
        "to walk over it with {person} in {season} is a {quality} pleasure that costs nothing.",
        "the repair will take {number} weeks, and until then the ferry from {place} runs twice a day.",
    ),
    "cooking": (
        "the soup that {person} makes in {season} begins with onions and {number} cloves of garlic.",
        "it should stand for {number} hours beside {thing} before anybody is allowed to taste it.",
        "the {trade} at {place} ate their bread with salt, and they were content with that.",
        "{person} {verb} the recipe so often that the page fell out of the book.",
        "a pot of {material} is slow to warm, but it forgives a {quality} cook.",
        "when there is {weather} outside, the dough needs {number} minutes more than the book says.",
        "the secret is to be {quality} with the fire and generous with the butter.",
        "at {place} they sell a cheese that is wrapped in leaves and kept in {material} for {number} weeks.",
        "nobody knows why {person} puts {thing} on the table when guests come.",
        "the beans have to be picked in {season} and dried on a sheet of {material}.",
        "to cook for {number} people is not harder than to cook for two, if you have {thing}.",
        "the {quality} smell of the oven could be noticed as far away as {place}.",
        "{person} learned it from one of the {trade}, who had it from a grandmother in {place}.",
        "you can replace the milk with water, but then the crust will be {quality} and thin.",
        "after {weather} we were all hungry, and {person} brought {thing} and a loaf of bread.",
        "that is how the feast of {season} came to {place}, and it has been kept ever since.",
    ),
    "stars": (
        "from {place} you can see {number} of the brightest stars before it is quite dark.",
        "{person} {verb} the moon every night of that {season} and drew it in ink.",
        "the telescope has a tube of {material} and a mirror that is {quality} to the touch.",
        "if {weather} does not spoil the night, the planet rises behind {place} at ten.",
        "the {trade} of old found their way by these stars, and they had names for all of them.",
        "it takes {number} hours for the shadow to pass, and most people go home before it is over.",
        "with {thing} and a candle {person} showed the children why there are seasons.",
        "a {quality} eye sees the cloud of light that is in truth {number} million suns.",
        "the observatory was moved from {place} because of the lamps and because of {weather}.",
        "in {season} the air is {quality}, and the stars do not twinkle so much.",
        "that comet will be back when {person} has grandchildren, and they will have to be told about it.",
        "the dome is covered with {material} that the {trade} have to renew after every storm.",
        "we lay on the grass near {place} and counted {number} falling stars in an hour.",
        "what looks like one star to {person} is a pair that has been {quality} company for ages.",
        "the old chart, which was kept in {thing}, shows {number} figures that nobody recognises.",
        "have patience with the dark, said {person}, and it will give you more than you asked for.",
    ),
    "bicycles": (
        "the frame was made of {material} in a workshop near {place} by {number} {trade}.",
        "{person} rode it to work in {season}, with {thing} tied behind the saddle.",
        "a chain that is clean lasts {number} times longer than one that has been left in {weather}.",
        "the hill before {place} is {quality}, and most riders get off and walk.",
        "{person} {verb} the brakes with {thing} because there was no better tool to be had.",
        "it is a {quality} machine that turns bread into distance, as the {trade} used to say.",
        "in {season} the road along {place} belongs to the riders from early morning.",
        "the wheel has {number} spokes, and each of them has to be as tight as the others.",
        "after {weather} the gravel is soft, and that is when the accidents happen.",
        "the bell was a present from {person} and can be heard at {place}.",
        "they have planned a lane with a surface of {material}, but it will take {number} years.",
        "with a {quality} wind from behind you could be at {place} in less than an hour.",
        "the club has {number} members and meets in {season} to repair what the {trade} have broken.",
        "{person} and {person} crossed the country with nothing but {thing} and a tent.",
        "to ride without hurry is the most {quality} way to see what has been built and what has been lost.",
        "the bicycle was stolen at {place} and came back {number} days later with a new saddle.",
    ),
    "libraries": (
        "the library at {place} opened in {season} with {number} shelves and one reading lamp.",
        "{person} gave {thing} and a collection of books that had been kept dry in {material} cases.",
        "it is {quality} to think that the {trade} paid for the building with their own savings.",
        "the catalogue was written by hand, and {person} {verb} it for {number} winters.",
        "when {weather} comes, the reading room is full of people who have no other warm place.",
        "a book that nobody has asked for in {number} years may be the one that is needed tomorrow.",
        "the {quality} door of {material} was made so that it could be opened by a child.",
        "{person} found a letter between the pages and took it to {place} to ask about the name.",
        "there is a shelf for what the {trade} have to know, and it is not the dustiest.",
        "the rule that silence should be kept was given up in {season}, and nobody misses it.",
        "the new wing will be built of {material}, with {number} windows to the north.",
        "of the maps only the one of {place} is missing, and {person} has an idea where it is.",
        "a {quality} reader once took {thing} home by mistake and brought it back with an apology.",
        "the children who come for the stories stay for {number} hours and leave with more books than they can carry.",
        "with the help of {person} the whole collection was moved in {weather} without losing a page.",
        "that the library is still there has to do with {person}, who would not be told that it was too small.",
    ),
    "music": (
        "the choir at {place} has {number} voices, and on a good evening they sound like more.",
        "{person} tunes the piano in {season}, because {weather} pulls the strings out of shape.",
        "a fiddle of {material} would be a joke anywhere else, but {person} has played one for {number} years.",
        "the {trade} sang while they worked, and the songs are about as long as the work was.",
        "it is harder to play a slow piece well, which is something that {person} had to learn twice.",
        "for {number} weeks they rehearsed next to {thing}, since the hall was too cold.",
        "there are only {number} notes in the melody, and still nobody can say why it is so {quality}.",
        "the drum was carried from {place} on a cart and arrived with {thing} inside.",
        "{person} {verb} the march by ear and wrote it down for the brass band.",
        "when {weather} stopped the concert, the audience stayed and sang without the players.",
        "a {quality} listener hears the breath of the singer before the first word comes.",
        "the organ was made by {trade} who had never seen the sea, and yet it roars like one.",
        "in {season} the windows are open, and the whole street has to take part in the lessons.",
        "some of the songs came to {place} with the railway and were given new words within a year.",
        "what we call silence at {place} is full of small sounds that {person} can name.",
        "the last verse is left out now, because nobody under eighty remembers what it was about.",
    ),
    "trains": (
        "the line to {place} was opened in {season} with flags, speeches and {number} engines.",
        "{person} has kept the timetable of every year and can say when the night train was {quality}.",
        "the carriages had seats of {material}, and those who could not pay for them stood.",
        "a tunnel of {number} miles would have been shorter, but the {trade} refused to dig in {weather}.",
        "you could leave {place} after breakfast and have {thing} in the capital by noon.",
        "the signalman lives beside the track, and he {verb} the old levers long after they were of no use.",
        "when {weather} closes the pass, the passengers are fed by {person} at the last station.",
        "there was a clerk who sold tickets to {place} for a train that had not run for {number} years.",
        "steam is {quality} to look at, said {person}, and filthy to live with.",
        "with the railway came the {trade}, and with them came new names for the old streets.",
        "the bridge after {place} is crossed at walking pace, as it has been since that {season}.",
        "it is said that {thing} once travelled around the country for {number} months without an owner.",
        "the freight used to be {material} and grain, and now it is mostly boxes that nobody opens.",
        "children at {place} put coins on the rails and sell them flat for twice their worth.",
        "a {quality} engine, cared for by {person}, pulled the mail until it was older than its drivers.",
        "they would bring the line back if it could be shown that {number} people a day would use it.",
    ),
    "maps": (
        "a map of {place} that is {number} years old shows a lake where there is now a school.",
        "{person} walked the boundary with {thing} and wrote down every stone on the way.",
        "the surveyors worked in {season}, because in {weather} the instruments could not be trusted.",
        "what is left off a map tells as much as what is on it, as {person} likes to say.",
        "the coast was drawn by {trade} who had never been there and who had to ask {number} sailors.",
        "paper shrinks, and so a mile on the sheet from {place} is not quite the mile on the next one.",
        "the hill has {number} names, and each of them is {quality} to the people who use it.",
        "{person} {verb} the old plan and found that the street had moved by the width of a cart.",
        "contour lines were thought too {quality} for the public, so the hills were shaded with a brush.",
        "a mistake at {place} was copied for so long that in the end a village was built to agree with it.",
        "to read a map well you have to know in which {season} it was made.",
        "the plates of {material} are kept at {place}, and they can still be printed from.",
        "with {thing} for a ruler and a string for a compass, {person} taught a whole class to measure.",
        "most travellers look for the place where they are, and only then for the place where they want to be.",
        "the border follows the river as it was in that {season}, and the river has not stood still.",
        "for {number} days they looked for a spring that turned out to be a stain of coffee.",
    ),
    "honey": (
        "a hive of {material} is warmer than one of straw, or that is what {person} believes.",
        "the bees fly up to {number} miles for lime blossom, and they will not fly at all in {weather}.",
        "{person} moves the hives to {place} in {season}, by night and very slowly.",
        "the colour of the honey depends on the flowers, and the taste depends on who has been {quality}.",
        "with smoke and {thing} the {trade} used to empty a hollow tree in less than an hour.",
        "a queen lives for {number} years, and during that time she leaves the hive once or twice.",
        "when a swarm settled on {thing} at {place}, the market was closed until the evening.",
        "it takes {number} thousand visits to make a spoonful, which {person} mentions at every breakfast.",
        "wax was worth more than honey when candles were {quality} and the church bought all of them.",
        "the old skeps hang on a wall at {place} and are used by wrens.",
        "{person} {verb} the frames in {season} and writes the weight of each on a slate.",
        "there is a dance by which one bee tells the others how far it is to {place}.",
        "cold kills fewer of them than damp, so the roof of {material} has to be sound.",
        "a {quality} keeper is stung as often as a careless one, but complains less.",
        "after {weather} the whole hive smells of work, and the sound of it can be heard from the road.",
        "they sell it at {place} in jars with a label that {person} drew as a child.",
    ),
}

COMMON = (
    "this was not how {person} had imagined it.",
    "for a long time that was all there was to say about the matter.",
    "of course there are those who see it in another way.",
    "the reasons for this have been argued over for {number} years, and I doubt that they will be settled soon.",
    "if you ask at {place}, you will be told at least {number} versions, and all of them are worth hearing.",
    "what surprised {person} was not the cost but the time that it took.",
    "nothing in the records explains it, though {person} has looked through all of them.",
    "it would be easy to laugh at this, and at the time many people did.",
    "on the whole the result has been better than anyone had a right to expect.",
    "as so often, the {quality} answer was found by accident.",
    "I went there myself in {season} to see whether the story could be true.",
    "the money came from the {trade}, who asked for nothing but a brass plate with their names.",
    "some of this may have been exaggerated in the telling.",
    "with every {season} a little more of it is lost.",
    "the first attempt failed, and so did the second.",
    "at the end of the day {person} locks the door and hangs the key behind {thing}.",
    "a few photographs have survived, and on one of them you can make out {thing}.",
    "between {place} and the next town there is nobody else who still knows how to do it.",
    "by then the news had reached {place}, where it was not believed.",
    "that is a great deal to ask of {thing}.",
    "we sat down on a bench near {place} and shared what was left of the bread.",
    "whether it will last is another question.",
    "rules like these are made by people who have been disappointed.",
    "the difference is small, but once you have noticed it you cannot stop noticing it.",
    "when I wrote to {person} to ask about it, the answer came on a postcard and consisted of one word.",
    "it has been tried with {material}, with {material} and once even with {thing}.",
    "not everything that is old is worth keeping, and {person} would be the first to admit it.",
    "there has never been a proper study of the subject, and perhaps that is just as well.",
    "such things are more common than the newspapers make us think.",
    "in the meantime life at {place} goes on much as it did before.",
    "all of this happened within {number} days, and in the middle of {season}.",
    "one has to be {quality} about these numbers, since nobody counted twice.",
    "more than once the whole undertaking was close to being given up.",
    "the best time to visit is an hour before {weather} arrives.",
    "he had been warned by {person}, who knew the place and who did not like to be hurried.",
    "looking back, it seems strange that there was ever any doubt.",
    "they have promised to write down what they know, and to leave the notes at {place}.",
    "and yet it works, which is more than can be said for most plans of that kind.",
    "a stranger would hardly notice the place, and those who live there prefer it that way.",
    "you need good shoes, {thing} and the patience of somebody who has {number} children.",
)

STORY = {
    "openings": (
        "The house stood where the road gave up and the river began, and whoever wanted to cross had to knock at its door.",
        "Nobody had expected the letter, and so it lay on the table for two days before anybody thought of opening it.",
        "By the end of the month the water had gone back, and what it had left behind was not what it had taken.",
        "In the morning she counted the boats from the window, as she had done every morning since she was a child.",
    ),
    "sentences": (
        "{person} came down to {place} before it was light and stood there for a while without a word.",
        "she had put {thing} on the step, and that was how he knew that she had not gone far.",
        "it was a {quality} evening in {season}, and the {trade} were on their way home.",
        '"you will have to tell {person}," she said, "because I have tried and it was of no use."',
        "he looked at {thing} as if it might have an answer, and then he looked at the door.",
        "nobody spoke of it at {place}, but there were {number} people who knew and who had said nothing.",
        "the {weather} had lasted since the morning, and the roof of {material} let it be heard in every room.",
        "{person} {verb} the whole story once more, this time with the part about {thing}.",
        "when they were children they had hidden at {place} for {number} hours, and nobody had come to look for them.",
        '"that is not what I asked," said {person}, who had a {quality} way of asking.',
        "the boat was made of {material} and had been {verb} so often that little of the first one was left.",
        "there was a light at {place}, and it moved, and after a time it was gone.",
        "she thought of {person} and of the {season} in which everything had seemed so {quality}.",
        "with {thing} under his arm he walked the {number} miles to {place} and did not once turn round.",
        "the {trade} had a word for it that could not be said in front of {person}.",
        '"have you been to {place}?" he asked, and she shook her head and smiled a {quality} smile.',
        "what {person} had {verb} was no more than {number} lines on a sheet that had been folded many times.",
        "they ate in silence, and {weather} went on outside as though it had to be finished before night.",
        "in the end it was {person} who got up and opened the window to let the smoke out.",
        "it would be {number} years before either of them saw {thing} again, and by then it did not matter.",
        "the key was where it had always been, and the lock, which was of old {material}, gave way at once.",
        "to be {quality} was easy for {person}, and to be anything else had never been asked of him.",
        "she told the {trade} that the ferry would not run, and that they should try their luck at {place}.",
        "of the {number} letters only one was from {person}, and it was the shortest of all.",
    ),
}

ESSAY = (
    "ON CROSSING RIVERS",
    "There are people who will walk for an hour to avoid a ferry. I have known some of them well, and I have come to think "
    "that it is not the water that they fear but the waiting. A bridge asks nothing of you. You may cross it with your head "
    "full of other things, and be on the far side before you have noticed that there was a river at all. A ferry asks you to "
    "stand still with strangers, to look at the current, and to trust a man whose name you do not know.",
    "I was brought up beside such a ferry, and so I learned early that a river is not a line on a map. It is wide in spring "
    "and narrow in autumn. It has moods, and it has a smell for each of them. The ferryman could tell by the smell alone "
    "whether he would have to pull the rope himself or whether the water would do the work, and he was seldom wrong.",
    "What I should like to set down here is not a history, because others have written that, and better than I could. It is "
    "rather a collection of things that were said on the ferry, and of what became of the people who said them.",
)

GERMAN = (
    "Der Fluss entspringt in den Bergen und fließt durch drei Täler, bevor er die Stadt erreicht. Im Frühling ist das "
    "Wasser hoch, und die Fähre kann dann oft mehrere Tage lang nicht fahren.",
    "Die Bewohner haben gelernt, mit dem Hochwasser zu leben. Sie bauen ihre Häuser auf hohe Mauern aus Stein, und im "
    "Keller steht nichts, was nicht nass werden darf.",
    "Im Sommer sitzen die Menschen am Ufer und erzählen sich Geschichten, die älter sind als die Brücke. Viele davon "
    "handeln von einem Fährmann, der niemanden umsonst hinüberbrachte.",
    "Wer heute über die Brücke geht, sieht auf der anderen Seite das alte Fährhaus. Es wird seit einigen Jahren wieder "
    "bewohnt, und im Garten wachsen Apfelbäume.",
    "Im Herbst kommt der Nebel, und dann hört man die Glocken nur noch gedämpft. Die Kinder glauben, dass der Fluss in "
    "dieser Zeit rückwärts fließt, und manche Erwachsene widersprechen ihnen nicht.",
    "Ob die Fähre noch einmal gebraucht wird, weiß niemand. Das Seil ist jedenfalls neu, und wer klopft, dem wird geöffnet.",
)

GERMAN_BREAD = (
    "Ein gutes Brot braucht wenig: Mehl, Wasser, Salz und vor allem Zeit. Wer am Abend den Teig ansetzt, kann am nächsten "
    "Morgen backen, und das ganze Haus riecht danach.",
    "Meine Großmutter hat das Rezept nie aufgeschrieben. Sie sagte nur, der Teig müsse sich anfühlen wie ein Ohrläppchen, "
    "und mehr war aus ihr nicht herauszubekommen.",
    "Heute gibt es für alles eine Waage und ein Thermometer. Das ist kein Fehler, aber es ersetzt die Erfahrung nicht, die "
    "man nur mit den Händen sammeln kann.",
    "Im Dorf stand früher ein Ofen, den alle gemeinsam benutzten. Jede Familie hatte ihren Tag, und wer ihn versäumte, "
    "musste eine Woche lang beim Nachbarn um Brot bitten.",
    "Der Ofen ist noch da, und seit zwei Jahren wird er wieder geheizt. Am Samstag kommen die Leute mit ihren Körben, und "
    "nicht alle kommen wegen des Brotes.",
)

FRENCH = (
    "La rivière prend sa source dans les montagnes et traverse trois vallées avant d'arriver à la ville. Au printemps, "
    "l'eau est haute et le bac ne peut pas passer pendant plusieurs jours.",
    "Les habitants ont appris à vivre avec les crues. Ils bâtissent leurs maisons sur de grands murs de pierre, et ils ne "
    "laissent dans la cave que ce qui peut être mouillé.",
    "En été, les gens s'assoient sur la rive et racontent des histoires plus vieilles que le pont. Beaucoup parlent d'un "
    "passeur qui ne faisait traverser personne sans être payé.",
    "Aujourd'hui, le pont a remplacé le bac, mais la vieille maison du passeur est toujours là. On y a ouvert une petite "
    "école, et les enfants apprennent à nager avant d'apprendre à lire.",
    "Quand il pleut longtemps, tout le village descend regarder l'eau monter. Personne ne parle beaucoup, et chacun compte "
    "les marches qui restent.",
)

FRENCH_MARKET = (
    "Le marché se tient deux fois par semaine sur la place de l'église. On y trouve des légumes, du fromage, des outils "
    "anciens et des gens qui ont le temps de parler.",
    "La marchande de fleurs arrive la première, bien avant le jour. Elle dit que les roses n'aiment pas être pressées, et "
    "qu'il en va de même pour les clients.",
    "Au fond de la place, un homme répare les montres depuis quarante ans. Il ne lève presque jamais les yeux, mais il "
    "connaît tout le monde à la voix.",
    "À midi, les étals se vident et les enfants ramassent les cagettes. L'après-midi, il ne reste que l'odeur du poisson "
    "et quelques pigeons qui cherchent des miettes.",
    "On a voulu construire une halle couverte, avec des portes et du chauffage. Les habitants ont voté contre, parce qu'un "
    "marché sans vent ni pluie ne serait plus le leur.",
)

CHINESE = (
    "这座城市的图书馆建在河边，已经有一百多年的历史。每天早上，都有许多人在门口等着开门，他们带着自己的书和笔记本。",
    "图书馆的二楼有一间很大的阅览室，窗户朝着北方，光线柔和。冬天下雪的时候，读书的人比平时更多，因为这里很暖和。",
    "管理员说，最受欢迎的不是新书，而是那些讲述这座城市过去的旧书。有些书已经破了，需要小心地修补。",
    "孩子们喜欢听故事。每个星期六的下午，都会有一位老师给他们读书，读完以后大家一起讨论故事里的人物。",
)

CHINESE_TEA = (
    "山里的茶农起得很早，天还没有亮，他们就背着竹篓上山了。春天的嫩叶最好，采晚了，味道就会变得苦涩。",
    "采下来的叶子要当天炒完，不能等到第二天。炒茶的人全凭手上的感觉，火大了会焦，火小了又没有香气。",
    "村里的老人说，过去的茶是用马驮出去的，路上要走一个多月。现在公路修到了山脚下，半天就能送到城里。",
    "年轻人大多去了外地工作，可是每年春天，总有几个人回来帮忙。他们说，闻到新茶的味道，才觉得一年真正开始了。",
    "喝茶并不需要复杂的器具，一个干净的杯子和一壶热水就够了。重要的是坐下来，慢慢地喝，听别人把话说完。",
)
