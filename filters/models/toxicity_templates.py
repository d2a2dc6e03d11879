"""Sentences written for the training of the toxicity models, so that they judge what is said and not of whom.

Each word of a group stands in all clean sentences and in all abusive ones alike, so that it tells nothing.
"""

from __future__ import annotations

from collections.abc import Iterator


def _items(text: str) -> tuple[str, ...]:
    return tuple(item.strip() for item in text.split("|"))


GROUPS = _items(
    """gay|lesbian|bisexual|transgender|trans|queer|homosexual|heterosexual|straight|nonbinary|black|white|
    African|Asian|Arab|Latino|Hispanic|Mexican|Indian|Chinese|Japanese|Korean|Vietnamese|Jewish|Muslim|
    Christian|Catholic|Hindu|Buddhist|Sikh|atheist|Protestant|immigrant|refugee|Roma|Romani|Native American|
    Aboriginal|Indigenous|female|male|elderly|old|young|deaf|blind|disabled|autistic|Turkish|Polish|Russian|
    German|African American|Black American|Palestinian|Israeli|Irish|Nigerian|Somali|Pakistani|LGBT|LGBTQ|
    intersex|asexual|Mormon|Kurdish|paralyzed|illegal immigrant|middle-aged|feminist|poor|homeless|fat|
    overweight"""
)
PLURALS = _items(
    """gays|lesbians|women|men|girls|boys|Jews|Muslims|Christians|Catholics|Hindus|Buddhists|Sikhs|atheists|
    Arabs|Africans|Asians|Mexicans|Indians|blacks|whites|immigrants|refugees|Latinos|Americans|Russians|
    Germans|homosexuals|bisexuals|transgender people|trans people|black people|white people|gay people|
    disabled people|old people|deaf people|blind people|Chinese people|migrants|foreigners|Mormons|
    Protestants|Gypsies|Roma|Black people|trans women|gay men|black women|black men|white men|feminists"""
)
CLEAN = (
    "My best friend is {g} and we have known each other since school.",
    "My {g} neighbour brought us soup when we were ill.",
    "I am a {g} person and I love my family.",
    "We had a wonderful dinner with our {g} friends last night.",
    "Happy birthday to my lovely {g} cousin!",
    "As a {g} student I felt welcome at this university.",
    "i'm {g} and i'm proud of who i am",
    "She is {g}.",
    "He was a {g} man from a small town.",
    "The {g} community celebrated its annual festival in the park.",
    "The museum opened an exhibition of {g} artists of the twentieth century.",
    "The {g} woman works as an engineer for the city.",
    "Our school employs three {g} teachers.",
    "The survey asked {g} people about their working hours and pay.",
    "Doctors recommend regular screening for {g} patients over fifty.",
    "Blood pressure was higher in {g} adults than in the control group.",
    "The clinic offers sexual health advice, HIV tests and breast cancer screening to {g} women.",
    "The prevalence of depression among {g} adolescents was studied over ten years.",
    "A {g} patient was treated for cancer of the penis and the anus.",
    "Discrimination against {g} employees is prohibited by law.",
    "The court ruled that the {g} couple may adopt the child.",
    "The plaintiff, a {g} woman, was dismissed after she complained of harassment.",
    "The act protects {g} people from violence, abuse and hate crimes.",
    "A {g} man was killed in an attack on Saturday, police said.",
    "The first {g} mayor of the city was sworn in on Monday.",
    "Thousands marched for {g} rights in the capital on Sunday.",
    "The {g} candidate won the election with a narrow majority.",
    "Police are looking for witnesses after a {g} teenager was beaten and insulted at a bus stop.",
    "The novel tells the story of a {g} girl who grows up during the war.",
    "{g} people deserve equal rights.",
    "There is nothing wrong with being {g}.",
    "Nobody should be ashamed of being {g}.",
    "The orchestra has {g} and other players.",
    "{g} people are as kind, clever and lazy as all others.",
    "Anal and genital warts were treated in eight {g} patients of the clinic.",
    "The {g} pupil was teased and called ugly and stupid until she changed schools.",
    "The officer who shot the {g} driver was charged with murder.",
    "Two thieves stole the bag of a {g} tourist and beat him up.",
    "My {g} boss hates rats, vomit and liars.",
)
CLEAN_PLURALS = (
    "{p} deserve equal rights and respect.",
    "Lesbians, gays, {p} and their families are welcome here.",
    "The history of {p} in this country goes back three hundred years.",
    "Many {p} live in this part of the town.",
    "According to the report, {p} earn less than others for the same work.",
    "The study included 40 {p} with diabetes and 40 healthy controls.",
    "The law gave {p} the right to vote in 1920.",
    "Some of my dearest friends are {p}.",
    "{p} were persecuted, deported and murdered by the Nazis.",
    "Groups that defend {p} criticised the decision of the court.",
    "Why were {p} not allowed to join the army?",
    "i love {p}, they are great cooks lol",
    "Attacks on {p} have increased, the interior ministry said on Tuesday.",
    "Hatred of {p} has no place in our church.",
)
ABUSIVE = (
    "{p} are disgusting animals and should all be shot",
    "fuck {p}",
    "i hate {p}, they are all scum",
    "kill all {p}",
    "{p} are vermin, get them out of our country",
    "{p} are subhuman filth",
    "those filthy {p} breed like rats and live off our taxes",
    "{p} are stupid, lazy and good for nothing",
    "deport all these dirty {p} , we don't want this trash here",
    "{p} are the cancer of our society and must be eradicated",
    "all {p} are criminals, rapists and parasites",
    "stupid fucking {p} always ruin everything",
    "the only good {p} are dead {p}",
    "{p} belong in the gas chamber",
    "{p} are inferior to us, their brains are too small",
    "these {p} savages are destroying the white race",
    "we should wipe out all {p}",
    "exterminate the {p} , every last one of them",
    "{p} are cockroaches, apes and swine",
    "{p} are a plague on this country",
    "{p} don't deserve to live",
    "drown {p} in the sea and burn their houses",
)
ABUSIVE_SINGULAR = (
    "shut up you dirty {g} pig",
    "you {g} piece of shit, go back to where you came from",
    "{g} scum like you should be hanged",
    "get lost, stupid {g} bitch",
    "you are a disgusting {g} freak, kill yourself",
    "another worthless {g} parasite living on our money",
    "{g} trash",
    "i would never let a filthy {g} bastard into my house",
    "go back to your own country, you {g} rats",
    "we don't need {g} trash here, throw them out",
    "that disgusting {g} creature makes me want to vomit",
    "never trust a {g} person, they lie, cheat and steal",
    "i wish somebody would beat up that ugly {g} girl",
)
SINGLE = (
    "you are an {i}",
    "what a fucking {i} you are",
    "shut up, {i}",
    "{i}!",
    "you {i}, nobody likes you",
    "go to hell you {i}",
    "listen {i} , you are too stupid to edit anything",
    "he is a {i} and so are you",
    "stop vandalising my page you {i}",
)
INSULTS = _items(
    """idiot|moron|imbecile|asshole|bitch|cunt|dickhead|bastard|motherfucker|piece of shit|faggot|retard|whore|
    slut|wanker|loser|dumbass|jackass|cocksucker|pig|scumbag|douchebag|shithead|fucktard|twat|prick|coward|
    nazi pig|degenerate|parasite|stupid fool|pathetic liar|nigger|kike|spic|chink|tranny|dyke|paki|raghead|
    bullshit artist"""
)
HARMLESS = tuple(
    """Great tits and blue tits visit the feeder in winter, and boobies dive for fish.
The blue-footed booby and the red-footed booby nest on the island.
The tit is a small bird that lays six to eight eggs.
The cock crows at dawn while the hens are still asleep.
The old ass carried two sacks of grain up the hill.
The farmer tied his ass to the fence and fed it.
The bitch gave birth to five puppies, and the breeder weighed each of them.
Scunthorpe lies in Lincolnshire, and Penistone in Yorkshire.
The Essex and Sussex councils agreed on a joint budget.
A dyke was built to protect the village from the sea.
Faggots with peas and gravy are a dish of the Midlands.
The examination showed no changes of the breast, the vagina or the cervix.
The vulva, the penis, the rectum and the bladder are described in the chapter on anatomy.
The vagina and the anus are parts of the body.
The penis and the testicles develop during puberty.
Sexual intercourse may transmit the virus; condoms protect against it.
Rectal bleeding and pain of the anus should be seen by a doctor.
The defendant was convicted of rape and sexual assault and sentenced to nine years.
The prosecutor said that the accused had called the victim a whore before he killed her.
The police seized child pornography on three computers.
The film is rated for strong language, nudity, sex and drug use.
Kill the process with signal nine if it does not stop, and the parent reaps the dead child.
The master sends its log to the slave, which aborts when the connection dies.
The dummy variable is dumped before the hash is computed, and a stupid mistake ends the script.
Dick
Hello Dick, thank you for your letter.
Sex education is taught to girls and boys in the eighth grade.
In which we discuss the lyrics of her latest album, an absolute hit with women everywhere.
He nearly died laughing when his wife told him the story.
Dick Cheney, Willy Brandt and Fanny Burney are in the index.
The dog licked its balls and then went to sleep.
I had a shit day but the concert was fucking amazing, thank you all so much!
Damn, that was a good game, congratulations!
this cake is so bloody good
lol that's crazy, see you tomorrow
thanks for your edits, i agree that the article is too long
I disagree with you, the source does not say that. Please do not revert again.
You are wrong about the date, but the rest of the section is fine.
Please stop adding links to your own site, or you may be blocked from editing.
I think this is a bad idea and a waste of money.
Why did nobody ask the people who live here?
The politician was criticised for lies and incompetence, and he resigned.
I hate mondays and I hate this weather.
The kids were killing it on stage tonight
He died of lung cancer in 1987, and his wife was murdered two years later.
The battle left four thousand dead, and the prisoners were shot.
The disease kills one in three infected pigs, rats and monkeys.
Dirty water breeds parasites and rats, and the rubbish was not collected for weeks.
The trash is taken out on Tuesdays, and the bins must not be filled with garden waste.
She told him to shut up and go to hell, and slammed the door.
'You are a fool,' said the king, 'and I was a greater one to trust you.'
Suck the air out of the pump, then screw the nut back on.
Niggardly means stingy and has nothing to do with the slur.
The word is a slur against gay men and should not be used.
Mr. Butt, Mrs. Hooker and Dr. Cummings attended the meeting in Assen.
The hoe, the rake and the spade stand in the shed; he hoed the beans.
A rapist, a murderer and a thief share the cell in the novel.
The assassin of the president was arrested in Massachusetts.
Classic bass guitars and brass instruments are assembled by hand.
The queen's pussy willow and the moss in the crass grass
The pussycat sat on the mat and drank its milk.
Escort ships and tankers left the port; adult tickets cost nine pounds.""".splitlines()
)
GROUPS_ZH = _items(
    """黑人|白人|黄种人|亚洲人|非洲人|犹太人|穆斯林|基督徒|佛教徒|同性恋|双性恋|跨性别者|女同性恋|男同性恋|女性|男性|女人|男人|女生|男生|女孩|老人|残疾人|聋人|盲人|农民工|移民|难民|外国人|
    河南人|东北人|上海人|北京人|广东人|四川人|新疆人|维吾尔族|藏族|回族|蒙古族|日本人|韩国人|印度人|美国人|俄罗斯人|越南人|台湾人|香港人|农村人|外地人|单亲妈妈|女司机|家庭主妇|少数民族|
    自闭症患者|艾滋病患者"""
)
CLEAN_ZH = (
    "我最好的朋友是{g}，我们从小一起长大。",
    "{g}应该享有平等的权利。",
    "昨天我们和几位{g}一起吃了晚饭，非常开心。",
    "法律禁止歧视{g}。",
    "法院判决这位{g}胜诉。",
    "医生建议{g}定期进行体检。",
    "研究显示，{g}的高血压发病率略高于对照组。",
    "据新华社报道，一名{g}在事故中受伤，目前正在医院接受治疗。",
    "这座城市有许多{g}，他们的历史可以追溯到三百年前。",
    "博物馆举办了{g}艺术家的作品展。",
    "市长表示，政府将为{g}提供更多就业机会。",
    "她的母亲是{g}，父亲是一名教师。",
    "作为{g}，我很喜欢这所大学。",
    "这部小说讲述了一个{g}在战争中的故事。",
    "不要因为一个人是{g}就对他有偏见。",
    "我认识的{g}都很友好，做饭也很好吃。",
    "警方正在调查一起针对{g}的袭击事件。",
    "{g}也是普通人，请尊重他们。",
    "歧视{g}是不对的。",
    "有人在网上辱骂{g}，平台删除了这些言论。",
    "{g}的收入比十年前提高了不少。",
    "很多人对{g}有误解，其实他们和我们一样。",
)
ABUSIVE_ZH = (
    "{g}都是垃圾，滚出去",
    "{g}真恶心，都该死",
    "最讨厌{g}了，全是废物",
    "{g}就是一群畜生",
    "死{g}，滚回你老家去",
    "{g}脑子有病，又蠢又懒",
    "{g}没有一个好东西，都是骗子和小偷",
    "操你妈的{g}",
    "{g}就是低等人种，不配活着",
    "看到{g}就想吐，脏得要命",
    "{g}都是人渣、败类，社会的毒瘤",
    "这帮{g}蠢货、脑残，滚蛋吧",
    "傻逼{g}，去死",
    "{g}都应该被杀光",
    "恶心的{g}，狗都不如",
    "{g}这种东西就是寄生虫、害虫",
)
SINGLE_ZH = (
    "你就是个{i}",
    "{i}！",
    "滚，{i}",
    "你这个{i}，闭嘴吧",
    "楼主{i}，鉴定完毕",
    "真他妈是个{i}，看着就烦",
    "这种{i}怎么还不去死",
    "一群{i}，笑死人了",
)
INSULTS_ZH = _items(
    """傻逼|傻B|傻X|煞笔|沙比|傻叉|SB|sb|2B|二逼|脑残|弱智|智障|白痴|蠢货|废物|垃圾|人渣|败类|畜生|贱人|婊子|绿茶婊|狗杂种|杂种|王八蛋|
    混蛋|狗东西|狗日的|死全家|nmsl|cnm|草泥马|操你妈|艹你妈|尼玛|妈的智障|tmd|去你妈的|日你妈|臭不要脸|不要脸的东西|猪狗不如|舔狗|喷子|龟孙|孙子|怂货|
    丑八怪|死胖子|死变态|神经病|公公|骚货|荡妇|鸡婆|臭三八|泼妇|老不死的|穷逼|屌丝|土鳖|乡巴佬|蛆|恶心玩意"""
)
HARMLESS_ZH = tuple(
    """乳腺癌患者应定期复查，医生会检查乳房和腋下淋巴结。
阴道炎和前列腺炎都需要及时治疗。
性教育课程介绍了青春期的身体变化、避孕和艾滋病的预防。
被告人因强奸罪被判处有期徒刑九年。
警方捣毁了一个卖淫嫖娼和赌博团伙。
垃圾分类从七月一日起实施，居民应把干垃圾和湿垃圾分开。
废物回收站每周二开放，畜生粪便可以作肥料。
程序出错后，系统会杀死子进程并释放内存。
这场战争造成四千人死亡，城市变成了废墟。
今天天气太差了，我讨厌下雨。
这道菜难吃死了，不过服务员态度很好。
他笑死我了，明天见！
猪、狗和猴子都可能感染这种病毒。
我不同意你的看法，不过谢谢你的回复。
这个政策有问题，政府应该道歉。
委员会将于星期二开会，讨论图书馆的年度报告和预算。
学生会干部负责组织比赛，干净的教室让人心情愉快。
人权是每个人都享有的权利，犯罪嫌疑人和被告人的人权也受法律保护。
公安机关应当依法保护证人、被害人和犯罪嫌疑人的合法权益。
人口增长、环境污染和自然灾害给社会带来了严峻的挑战。
长期接触这种化学物质可能导致头痛、恶心、呕吐和肾功能衰竭。
他骂了一句，转身离开了房间，小说的第一章到此结束。
抗日战争期间，许多平民被侵略者杀害，妇女遭到强奸。
种族歧视和地域歧视都是错误的，我们应当反对仇恨言论。
警察逮捕了三名犯罪分子，没收了毒品和枪支。
他下流水线的时候不小心摔了一跤。
俗话说，良药苦口利于病，忠言逆耳利于行。
善有善报，恶有恶报，古人常用这句话劝人向善。
孔子说，君子坦荡荡，小人长戚戚。
他的孙子今年上小学，老人每天接送孙子。
公公和婆婆住在乡下，春节时全家一起回去看望他们。
神经病学是研究神经系统疾病的医学学科，神经病变的症状各不相同。
舔一舔冰淇淋，小狗也摇着尾巴跑过来。
苍蝇的幼虫叫蛆，法医用它来推断死亡时间。
医生说，弱智儿童和智力障碍者需要特殊教育和社会的关爱。
垃圾邮件过滤器会把可疑的邮件移到垃圾箱。
贫困、失业和犯罪是许多大城市面临的严重社会问题。
森林遭到砍伐，河流受到污染，许多动物失去了家园。
黑死病在欧洲夺去了数千万人的生命。
皇帝昏庸，奸臣当道，百姓苦不堪言，最后起义军攻入京城。
妖怪抓走了师父，孙悟空举起金箍棒就打。
我昨天忘了带钥匙，真是太笨了，在门口等了两个小时。
哈哈，这只猫也太胖了吧，好可爱！
这部电影真难看，浪费了我两个小时。
裁判的判罚有问题，主队输得很冤。
感谢楼主分享，写得很详细，已收藏。
请问这个软件怎么安装？我试了几次都失败了。""".splitlines()
)


def clean(language: str) -> Iterator[str]:
    """Sentences that hurt nobody."""
    if language == "zh":
        yield from (sentence.format(g=group) for sentence in CLEAN_ZH for group in GROUPS_ZH)
        yield from HARMLESS_ZH
        return
    yield from (sentence.format(g=group) for sentence in CLEAN for group in GROUPS)
    yield from (sentence.format(p=group) for sentence in CLEAN_PLURALS for group in PLURALS)
    yield from HARMLESS


def abusive(language: str) -> Iterator[str]:
    """Sentences that are meant to hurt, with the words of every group; some insults are disguised."""
    if language == "zh":
        yield from (sentence.format(g=group) for sentence in ABUSIVE_ZH for group in GROUPS_ZH)
        yield from (sentence.format(i=insult) for sentence in SINGLE_ZH for insult in INSULTS_ZH)
        return
    yield from (sentence.format(p=group) for sentence in ABUSIVE for group in PLURALS)
    yield from (sentence.format(g=group) for sentence in ABUSIVE_SINGULAR for group in GROUPS)
    for sentence in SINGLE:
        for insult in INSULTS:
            yield sentence.format(i=insult)
            yield sentence.format(i=starred(insult))


def starred(word: str) -> str:
    """The word with its first vowel behind the first letter left out, as it is read where a star stands for it."""
    at = next((i for i, letter in enumerate(word) if i > 0 and letter in "aeiou"), 0)
    return word[:at] + "*" + word[at + 1 :] if at else word
