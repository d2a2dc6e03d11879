"""The sentences of the example corpus, with slots for words."""

SLOTS = {
    "person": (
        "Anna", "the baker", "my neighbour", "Mr. Okafor", "the old teacher", "a young engineer", "the ferryman", "Miriam",
        "the gardener", "a retired nurse", "Tomas", "the night watchman", "her cousin", "the librarian", "a visiting student",
    ),
    "place": (
        "the harbour", "the market square", "the village", "the upper valley", "the old mill", "the railway station",
        "the north shore", "the town hall", "the river bank", "the quarry", "the school yard", "the botanical garden",
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
}

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
)

FRENCH = (
    "La rivière prend sa source dans les montagnes et traverse trois vallées avant d'arriver à la ville. Au printemps, "
    "l'eau est haute et le bac ne peut pas passer pendant plusieurs jours.",
    "Les habitants ont appris à vivre avec les crues. Ils bâtissent leurs maisons sur de grands murs de pierre, et ils ne "
    "laissent dans la cave que ce qui peut être mouillé.",
    "En été, les gens s'assoient sur la rive et racontent des histoires plus vieilles que le pont. Beaucoup parlent d'un "
    "passeur qui ne faisait traverser personne sans être payé.",
)

CHINESE = (
    "这座城市的图书馆建在河边，已经有一百多年的历史。每天早上，都有许多人在门口等着开门，他们带着自己的书和笔记本。",
    "图书馆的二楼有一间很大的阅览室，窗户朝着北方，光线柔和。冬天下雪的时候，读书的人比平时更多，因为这里很暖和。",
    "管理员说，最受欢迎的不是新书，而是那些讲述这座城市过去的旧书。有些书已经破了，需要小心地修补。",
    "孩子们喜欢听故事。每个星期六的下午，都会有一位老师给他们读书，读完以后大家一起讨论故事里的人物。",
)
