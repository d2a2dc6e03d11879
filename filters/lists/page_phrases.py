"""What stands around the text of web pages: buttons, menus, counters, notices, teasers, spam; in many languages.

Phrases are compared word by word without case, accents, digits and punctuation; Han characters and kana are words one
by one. Chinese phrases are written in simplified characters and known in traditional ones too.
"""

from __future__ import annotations

LINES = """
skip to content|skip to main content|skip to navigation|skip navigation|jump to navigation|share on facebook
share on twitter|share on x|share on linkedin|share on whatsapp|share on pinterest|share on reddit|share via email
share this article|share this page|share this post|share this story|share this|share link|click to share|copy link
email this|print this page|print this article|tweet this|pin it|follow us|follow us on twitter|follow us on facebook
follow us on instagram|connect with us|sign up for our newsletter|subscribe to our newsletter|get our newsletter
subscribe now|sign in|sign up|log in|log out|login|logout|register now|create an account|create account|my account
forgot your password|forgot password|remember me|lost your password|add to cart|shopping cart|view cart
add to wishlist
accept all cookies|accept cookies|accept all|reject all|cookie settings|cookie preferences|manage cookies
privacy policy|cookie policy|terms of use|terms of service|terms and conditions|terms conditions|privacy notice
all rights reserved|advertise with us|contact us|about us|site map|sitemap|back to top|scroll to top|load more
read more|show more|see more|view more|more news|read full article|continue reading|click here|leave a comment
leave a reply|post a comment|post comment|add a comment|write a comment|view all comments|view comments|show comments
hide comments|cancel reply|reply to this|report abuse|advertisement|sponsored content|sponsored links|close ad
skip ad|toggle navigation|toggle menu|main menu|open menu|close menu|search this site|search for|rss feed
article continues below|story continues below|article continues after advertisement|enable javascript
please enable javascript|download our app|get the app|save my name email and website in this browser
zum inhalt springen|zum seitenanfang|nach oben|auf facebook teilen|bei facebook teilen|teilen auf facebook
artikel teilen|seite teilen|artikel drucken|seite drucken|jetzt anmelden|newsletter abonnieren|newsletter anmelden
weiterlesen|mehr lesen|mehr erfahren|alle cookies akzeptieren|cookie einstellungen|datenschutzerklarung|impressum
kommentar schreiben|kommentar verfassen|kommentare anzeigen|passwort vergessen|in den warenkorb|anzeige|werbung
aller au contenu|aller au contenu principal|partager sur facebook|partager sur twitter|partager l article
lire la suite|lire plus|en savoir plus|voir plus|se connecter|s inscrire|s abonner|mot de passe oublie
mentions legales|politique de confidentialite|tout accepter|tout refuser|gerer les cookies|ajouter au panier
laisser un commentaire|haut de page|retour en haut|abonnez vous|nous contacter|plan du site|publicite
ir al contenido|saltar al contenido|compartir en facebook|compartir en twitter|compartir en whatsapp|leer mas|ver mas
seguir leyendo|iniciar sesion|registrarse|suscribete|aviso legal|politica de privacidad|politica de cookies
aceptar todas|aceptar cookies|configurar cookies|deja un comentario|dejar un comentario|mapa del sitio|publicidad
pular para o conteudo|ir para o conteudo|compartilhar no facebook|compartilhar no whatsapp|compartilhe|leia mais
saiba mais|ver mais|fazer login|entrar ou cadastrar|cadastre se|politica de privacidade|deixe um comentario
vai al contenuto|condividi su facebook|condividi|leggi tutto|leggi di piu|scopri di piu|accedi|registrati|iscriviti
informativa sulla privacy|note legali|lascia un commento|torna su|pubblicita
ga naar de inhoud|deel op facebook|delen op facebook|lees meer|lees verder|inloggen|aanmelden|privacybeleid
alle cookies accepteren|plaats een reactie|advertentie|przejdz do tresci|udostepnij na facebooku|udostepnij
czytaj wiecej|czytaj dalej|zaloguj sie|zarejestruj sie|polityka prywatnosci|dodaj komentarz|zapisz sie|reklama
prejit k obsahu|sdilet na facebooku|cist dale|prihlasit se|registrovat se|devamini oku|giris yap|kayit ol|paylas
facebook ta paylas|gizlilik politikasi|dela pa facebook|las mer|logga in|del pa facebook|les mer|logg inn|log ind
lue lisaa|kirjaudu sisaan|jaa facebookissa|citeste mai mult|autentificare|tovabb olvasom|bejelentkezes|regisztracio
подробнее|читать далее|читать полностью|читать дальше|поделиться|поделиться в соцсетях|поделиться ссылкой
поделиться в facebook|войти|войти на сайт|зарегистрироваться|регистрация|вход на сайт|забыли пароль|подписаться
подписаться на новости|подписаться на рассылку|подпишитесь на нас|все права защищены|политика конфиденциальности
пользовательское соглашение|оставить комментарий|добавить комментарий|написать комментарий|показать еще|загрузить еще
перейти к содержимому|перейти к основному содержанию|наверх|на правах рекламы|реклама на сайте|версия для печати
читати далі|поділитися|увійти|зареєструватися|детальніше|політика конфіденційності|залишити коментар
прочети повече|вход|συνεχεια|διαβαστε περισσοτερα|συνδεση|εγγραφη|πολιτικη απορρητου
اقرأ المزيد|تسجيل الدخول|شارك|مشاركة|سياسة الخصوصية|اتصل بنا|ادامه مطلب|ورود|ثبت نام|قرא עוד|הרשמה|התחברות
और पढ़ें|साझा करें|लॉग इन करें|xem them|dang nhap|dang ky|chia se|selengkapnya|baca selengkapnya|baca juga|bagikan
로그인|회원가입|공유하기|댓글 쓰기|댓글쓰기|더보기|더 보기|무단전재 및 재배포 금지|개인정보처리방침|이용약관|기사 공유
이 기사를 공유합니다|페이스북으로 공유|아이디 찾기|비밀번호 찾기|로그아웃|อ่านต่อ|อ่านเพิ่มเติม|เข้าสู่ระบบ
สมัครสมาชิก|แชร์|ข่าวที่เกี่ยวข้อง|บทความที่เกี่ยวข้อง|นโยบายความเป็นส่วนตัว|ข้อกำหนดการใช้งาน|เงื่อนไขการใช้งาน
แสดงความคิดเห็น|ลืมรหัสผ่าน|สงวนลิขสิทธิ์|อ่านทั้งหมด|ดูทั้งหมด|ดูเพิ่มเติม|ลงทะเบียน
bai viet lien quan|tin lien quan|tin cung chuyen muc|doc tiep|doc them|xem tiep|chinh sach bao mat|dieu khoan su dung
quen mat khau|viet binh luan|gui binh luan|chia se facebook
مقالات ذات صلة|مواضيع ذات صلة|اخبار ذات صلة|شروط الاستخدام|جميع الحقوق محفوظة|نسيت كلمة المرور|اضف تعليقا|اترك تعليقا
انشاء حساب|شاهد المزيد|عرض المزيد|المزيد من الاخبار|تابعنا على|شارك على فيسبوك
مطالب مرتبط|اخبار مرتبط|حریم خصوصی|شرایط استفاده|ارسال نظر|تماس با ما|درباره ما|بیشتر بخوانید|همه حقوق محفوظ است
संबंधित खबरें|यह भी पढ़ें|गोपनीयता नीति|उपयोग की शर्तें|सर्वाधिकार सुरक्षित|अधिक पढ़ें|टिप्पणी करें|हमसे संपर्क करें
כתבות נוספות|מדיניות פרטיות|תנאי שימוש|כל הזכויות שמורות|צור קשר|קרא עוד|המשך קריאה|כתוב תגובה
artikel terkait|berita terkait|kebijakan privasi|syarat dan ketentuan|tulis komentar|lupa kata sandi
πολιτικη απορρητου|οροι χρησης|σχετικα αρθρα|διαβαστε επισης|επικοινωνηστε μαζι μας
articole similare|citeste si|politica de confidentialitate|termeni si conditii|adauga comentariu|ai uitat parola
kapcsolodo cikkek|olvass tovabb|adatvedelmi tajekoztato|felhasznalasi feltetelek|elfelejtett jelszo
souvisejici clanky|ochrana osobnich udaju|obchodni podminky|zapomenute heslo|pridat komentar
powiazane artykuly|zobacz takze|czytaj takze|regulamin serwisu|nie pamietasz hasla|wszelkie prawa zastrzezone
схожі статті|читайте також|умови використання|всі права захищені|забули пароль|додати коментар|поділитися у фейсбук
""".replace("\n", "|")
"""Lines that are nothing but this belong to no text, wherever they stand."""

ALONE = (
    "advertisement", "weiterlesen", "подробнее", "더보기", "selengkapnya",
    "อ่านต่อ", "อ่านเพิ่มเติม", "อ่านทั้งหมด", "ดูทั้งหมด", "ดูเพิ่มเติม", "เข้าสู่ระบบ", "สมัครสมาชิก", "ลืมรหัสผ่าน",
    "ข่าวที่เกี่ยวข้อง", "บทความที่เกี่ยวข้อง", "นโยบายความเป็นส่วนตัว", "ข้อกำหนดการใช้งาน", "เงื่อนไขการใช้งาน", "แสดงความคิดเห็น",
)  # fmt: skip
"""Of the single words, as lines of Thai are, those that are no heading either."""

HAN_LINES = """
登录后你可以|登录后可以|登录|注册|登录注册|立即登录|立即注册|免费注册|忘记密码|用户登录|会员登录|会员中心|创作中心
个人中心
聊天消息|系统消息|评论与回复|消息中心|我的收藏|举报投诉|我要举报|举报|收藏|收藏本站|加入收藏|设为首页|收藏人收藏
点赞|分享
分享到|分享至|分享到微信|分享到微博|分享到朋友圈|微信扫一扫|扫一扫|扫码关注|扫码下载|扫码添加小助手|微信小助手二维码
微信公众号|关注公众号|关注我们|加关注|加入交流群|加入工程师交流群|关注|取消关注|返回顶部|回到顶部|返回首页|返回列表
查看更多|查看全部|加载更多|点击加载更多|点击查看更多|展开全文|阅读全文|阅读原文|查看原文|广告|推广|赞助内容
发表评论|发布评论|我要评论|写评论|查看评论|全部评论|评论区|网友评论|暂无评论|登录后评论|上一篇|下一篇|上一页
下一页|末页
下载|客户端下载|立即下载|免费下载|打印本页|关于我们|联系我们|免责声明|隐私政策|用户协议|网站地图
友情链接
版权声明|版权所有|广告服务|加入我们|意见反馈|站内搜索|高清|加入购物车|立即购买|次阅读|字体大中小|责任编辑|不再提示
天内不再提示
""".replace("\n", "|")

KANA_LINES = """
続きを読む|続きをみる|続きを見る|もっと見る|もっとみる|もっと読む|詳しくはこちら|詳細はこちら|一覧を見る|一覧へ
シェアする
シェア|ツイートする|フォローする|はてなブックマーク|この記事をシェア|この記事をシェアする
記事をシェア
新規登録|会員登録|無料会員登録|パスワードを忘れた方|お問合せ|プライバシーポリシー
個人情報保護方針|個人情報の取り扱い|利用規約|特定商取引法に基づく表記|会社概要|運営会社|広告掲載|広告
スポンサーリンク
ページトップへ|ページの先頭へ|トップへ戻る|ページの先頭へ戻る|本文へスキップ|本文へ移動
コンテンツへスキップ
コメントを書く|コメントする|コメントを残す|コメントを見る|前の記事|次の記事|前へ|次へ|印刷する
メルマガ登録|メールマガジン登録|カートに入れる|買い物かご|お気に入りに追加|無断転載を禁じます|アプリをダウンロード
""".replace("\n", "|")

WEAK_LINES = """
打开|关闭窗口|打印|次のページ|前のページ|ブックマーク|ログイン|ログアウト|お問い合わせ|サイトマップ|トップページ
ツイート
home|news|search|menu|about|contact|contacts|login|help|faq|shop|store|blog|forum|forums|gallery|photos|videos|video
services|products|careers|jobs|advertise|subscribe|newsletter|newsletters|share|tweet|email|print|facebook|twitter
instagram|youtube|linkedin|pinterest|whatsapp|telegram|reddit|tumblr|tiktok|rss|comments|comment|reply|replies|likes
like|views|shares|follow|following|followers|next|previous|prev|more|close|cancel|submit|send|save|edit|delete|report
english|language|languages|cart|checkout|wishlist|account|profile|settings|categories|category|tags|archives|archive
sports|sport|business|politics|entertainment|lifestyle|technology|tech|opinion|travel|health|weather|world|local
events|calendar|directory|classifieds|obituaries|podcasts|live|trending|most read|most popular|popular|latest|featured
latest news|recent posts|recent comments|top stories|privacy|terms|accessibility|feedback|support|press|partners
startseite|suche|kontakt|uber uns|aktuelles|teilen|drucken|merken|kommentare|datenschutz|anmelden|registrieren|agb
mehr
nachrichten|sport|politik|wirtschaft|kultur|wetter|termine|angebote|hilfe|menue|schliessen|zuruck|weiter|abonnieren
accueil|recherche|rechercher|partager|imprimer|commentaires|connexion|inscription|actualites|suivant|precedent|fermer
inicio|buscar|contacto|compartir|imprimir|comentarios|noticias|siguiente|anterior|cerrar|acceder|deportes|economia
pagina inicial|contato|comentarios|esportes|proximo|cerca|contatti|notizie|commenti|chi siamo|zoeken|reacties|nieuws
strona glowna|szukaj|kontakt|komentarze|aktualnosci|o nas|hledat|hlavni stranka|ana sayfa|ara|iletisim|haberler
yorumlar
главная|поиск|контакты|о нас|о компании|новости|меню|комментарии|ответить|нравится|печать|реклама|еще|вперед|назад
форум|блог|фото|видео|помощь|услуги|карта сайта|вконтакте|одноклассники|спорт|политика|экономика|общество|культура
головна|пошук|новини|коментарі|контакти|начало|новини|αρχικη|επικοινωνια|αναζητηση|σχολια|الرئيسية|بحث|اتصل|التعليقات
홈|뉴스|검색|댓글|공유|인쇄|목록|이전|다음|메뉴|공지사항|고객센터|회사소개|trang chu|tin tuc|tim kiem|lien he
binh luan
beranda|berita|cari|kontak|komentar|หน้าแรก|ค้นหา|ติดต่อเรา|ข่าว
首页|主页|新闻|搜索|导航|菜单|评论|回复|点赞|转发|论坛|博客|视频|图片|专题|专栏|频道|直播|社区|问答|资讯|快讯|要闻
热点|财经|体育
娱乐|科技|汽车|房产|教育|健康|旅游|军事|文化|历史|国际|国内|社会|更多|更多内容|排行榜|热门|最新|推荐|热门文章
最新文章|标签
分类|归档|帮助|设置|退出|消息|通知|作者|来源|编辑|浏览|粉丝|会员|商城|购物车|订单|客服|手机版|电脑版|下载海量资料
学习在线课程
观看技术视频|写文章发帖加入社区|原创|转载|文章|瀏覽量|浏览量|阅读量|关注数|粉丝数
ホーム|トップ|ニュース|検索|メニュー|コメント|いいね|共有|印刷|閉じる|カテゴリー|カテゴリ|タグ|アーカイブ|ブログ
動画|写真
ランキング|特集|速報|社会|政治|経済|国際|スポーツ|芸能|天気|新着|新着記事|人気記事|最新記事|おすすめ|お知らせ|会員
設定|ヘルプ|一覧
""".replace("\n", "|")
"""Lines like these belong to no text where others of their kind stand beside them."""

COUNTED = """
views|view|comments|comment|likes|shares|share|replies|reply|followers|retweets|downloads|
upvotes|min read|minute read|reading time|aufrufe|kommentare|kommentar|vues|commentaires|commentaire|visitas|vistas
comentarios|visualizacoes|visualizzazioni|commenti|weergaven|reacties|wyswietlen|komentarzy|komentarze|yorum
goruntuleme
просмотров|просмотра|просмотр|просмотры|комментариев|комментария|комментарий|комментарии|лайков|нравится|ответов
переглядів|коментарів|조회|조회수|댓글|추천|좋아요|공유|luot xem|binh luan|مشاهدة|تعليق|تعليقات|dilihat|komentar
次阅读|次浏览|次播放|次观看|阅读|浏览|浏览量|阅读量|点击|点击量|点击数|播放|评论|条评论|点赞|个赞|收藏|人收藏|转发
分享|回复|人气|人关注
人点赞|人看过|次下载|下载量|热度|阅读数|浏览数|评论数|浏览次数|阅读次数|粉丝|关注
閲覧|閲覧数|再生|再生回数|回視聴|件のコメント|コメント|いいね|ビュー|リツイート|シェア|アクセス
""".replace("\n", "|")
"""Beside a number: how often something was read, liked or answered."""

BESIDE_COUNTS = """
by|on|at|posted|published|updated|in|am|pm|ago|hours|days|minutes|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec
von|am|um|uhr|par|le|por|el|автор|от|опубликовано|的头像|发表于|发布于|更新于|来源|作者|编辑|时间|年|月|日|小时前
天前|分钟前|投稿者|投稿日|公開日
""".replace("\n", "|")
"""What else stands in such a line."""

BEGINNINGS = """
share on|share this|share with|sign in|sign up|log in|subscribe to|follow us|follow on|click here|click to
download our
join our|back to|skip to|view all|see all|read more|show more|show all|learn more|posted in|filed under
tagged with|tags
posted by|related topics|print this|email this|search for|go to|return to|buy now|shop now|get started|watch now
teilen auf|auf facebook|partager sur|compartir en|compartilhar|condividi su|поделиться в|вернуться к|перейти к
смотреть все|登录|下载|观看|学习|分享|收藏|关注|加入|点击|扫码|扫描|查看|立即|免费|打开|返回|进入|完善资料|领取
我的|更多|写文章|微信|加好友
""".replace("\n", "|")
"""Short lines that begin so, without a full stop, count as weak ones."""

ENDINGS = """
登录|注册|下载|二维码|更多|中心|扫一扫|交流群|公众号|客户端|登陆|不再提示|立即完善|查看详情|はこちら|を見る|へ戻る
一覧へ|続きを読む
""".replace("\n", "|")

NOTICES = """
this site uses cookies|this website uses cookies|our website uses cookies|we use cookies to|uses cookies to improve
by continuing to browse|by continuing to use this site|by using this site you agree|consent to the use of cookies
all rights reserved|reproduction without permission|may not be published broadcast rewritten
sign up for our newsletter
subscribe to our newsletter|you must be logged in to|please log in to|log in to leave a comment
enable javascript to view|your email address will not be published|required fields are marked
share this article on|notify me of new posts
save my name email and website|click to share on|opens in new window|follow us on facebook|follow us on twitter
diese website verwendet cookies|diese webseite verwendet cookies|wir verwenden cookies um|alle rechte vorbehalten
ce site utilise des cookies|nous utilisons des cookies pour|tous droits reserves|este sitio utiliza cookies
este sitio web utiliza cookies|utilizamos cookies propias|todos los derechos reservados|este site usa cookies
todos os direitos reservados|questo sito utilizza cookie|questo sito utilizza i cookie|tutti i diritti riservati
deze website gebruikt cookies|wij gebruiken cookies|alle rechten voorbehouden|ta strona uzywa plikow cookie
strona korzysta z plikow cookie|wszelkie prawa zastrzezone|все права защищены|сайт использует файлы cookie
мы используем файлы cookie|мы используем cookie|при использовании материалов ссылка|ваш e mail не будет опубликован
перепечатка материалов|подписывайтесь на наш|всі права захищені|無断転載を禁じ|無断転載禁止|当サイトではcookieを
当サイトはcookieを|クッキーを使用しています|cookieを使用しています|저작권자|무단전재|무단 전재|재배포 금지
版权所有未经|未经授权禁止转载|未经许可不得转载|未经书面授权|转载请注明出处|转载请注明来源|如有侵权请联系
侵权或者其他违规问题
请联系本站处理|仅代表作者本人不代表|仅代表作者个人观点|不代表本站立场|不代表本网站立场|本站使用cookie|使用cookie以
我们使用cookie
扫描二维码关注|长按二维码|扫一扫关注|关注微信公众号|添加关注文章转载|京公网安备|icp备|icp证|增值电信业务经营许可证
""".replace("\n", "|")
"""Whole lines go that hold one of these, if they are not too long."""

MARKERS = """
related articles|related posts|related stories|related news|related content|related links|related|you may also like
you might also like|you may also be interested in|recommended for you|more from this author|read next
up next|more stories|more like this|more on this topic|also read|read also|see also our|others also read|dont miss
don t miss|most read articles|most viewed|popular posts|trending now|more from|around the web|from the web
latest posts
das konnte sie auch interessieren|mehr zum thema|ahnliche artikel|weitere artikel|auch interessant|lesen sie auch
verwandte artikel|a lire aussi|lire aussi|articles similaires|sur le meme sujet|vous aimerez aussi|articles lies
noticias relacionadas|articulos relacionados|te puede interesar|tambien te puede interesar|lee tambien|mas noticias
veja tambem|leia tambem|noticias relacionadas|artigos relacionados|postagens relacionadas|leggi anche
articoli correlati
potrebbe interessarti|lees ook|gerelateerde artikelen|zobacz takze|czytaj takze|powiazane artykuly|ilgili haberler
читайте также|читайте по теме|смотрите также|похожие статьи|похожие новости|по теме|материалы по теме|другие новости
еще по теме|вам может быть интересно|читайте також|схожі новини|прочетете още|δειτε επισης
اقرأ أيضا|مواضيع ذات صلة|مطالب مرتبط|관련 기사|관련기사|추천 기사|이 시각 주요뉴스|많이 본 뉴스|tin lien quan
artikel terkait|相关推荐|热点推荐|相关文章|相关阅读|相关新闻|相关资讯|相关内容|推荐阅读|延伸阅读|猜你喜欢|热门推荐
为你推荐|你可能感兴趣|大家都在看
更多文章|更多推荐|热门阅读|相关链接|评论相关推荐|精彩推荐|最新推荐|编辑推荐|作者其他文章|热文推荐|你可能还喜欢
相關報導
関連記事|関連ニュース|関連リンク|あわせて読みたい|合わせて読みたい|こちらもおすすめ|おすすめ記事|おすすめの記事
あなたにおすすめの記事
この記事を読んだ人はこんな記事も読んでいます|人気の記事|人気記事ランキング|次に読みたい
""".replace("\n", "|")
"""Above teasers of other pages."""

SPAM = """
无码|国产精品|国产自拍|国产午夜|国产在线|一区二区|二区三区|在线视频|在线观看|免费观看|裸体|成人影视|成人影片
成人电影|成人视频
成人网站|成人小说|成人开心|激情五月|五月天|五月婷婷|丁香五月|性爱|内射|超碰|人人干|人人操|人妻|熟女|欧美性爱
欧美在线|欧美日韩|日韩欧美|亚洲av|亚洲国产
亚洲精品|亚洲无码|中文字幕|少妇|黄色网站|黄色视频|黄片|毛片|a片|三级片|做爱|偷拍|自拍|无遮挡|大香蕉|久久精品|色情
嫩草|麻豆传媒|精东影业|av在线
av片|约炮|自慰|高潮|淫荡|乱伦|巨乳|丝袜|美女视频|裸聊|同城交友|一级片|免费看片|天天干|色综合|综合网|区无码
精品视频|性感|高清视频
彩票|时时彩|六合彩|北京赛车|澳门赌场|澳门新葡京|葡京|赌博|博彩|真人娱乐|娱乐城|百家乐|棋牌|老虎机|开户|下注|投注
电子游艺|体育投注|线上娱乐|代开发票
无抵押贷款|网贷|办证|刻章|私服|代孕|壮阳|伟哥|春药|迷药|减肥药|刷单|pk拾|娱乐平台|注册送|彩金|外围
人妻|熟女|無修正|素人|巨乳|痴女|痴漢|盗撮|中出し|フェラ|オナニー|エロ|エロ動画|アダルト|アダルト動画|セックス|風俗
デリヘル|ソープ|出会い系|セフレ
援交|援助交際|アダルトビデオ|ハメ撮り|ぶっかけ|エッチ|動画無料|無料動画|オンラインカジノ|カジノ|バイアグラ
即日融資|スロット
porn|porno|pornos|xxx|sex|sexy|milf|milfs|anal|blowjob|hentai|nude|nudes|naked|escort|escorts|camgirl|webcam sex|fuck
fucking|teens|teen|pussy|tits|cumshot|erotic|sexcam|adult dating|hookup|viagra|cialis|levitra|kamagra|sildenafil
tadalafil|tramadol|xanax|valium|phentermine|casino|casinos|online slots|slot online|slot gacor|gacor|poker|betting
bet|jackpot
roulette|blackjack|baccarat|free spins|payday loan|payday loans|replica|replica watches|rolex|louis vuitton|jerseys
buy online|essay writing|essay service|weight loss|seo services|backlinks|judi online|togel|bandar|situs|agen
порно|секс|порн|эротика|проститутки|индивидуалки|интим|шлюхи|голые|трах|виагра|сиалис|казино|вулкан|игровые автоматы
ставки на спорт|букмекер|займ|займы|микрозайм|без отказа|бесплатно онлайн|смотреть онлайн|эскорт|знакомства для секса
야동|카지노|바카라|토토|먹튀|성인|섹스|포르노|출장안마|슬롯|릴게임
""".replace("\n", "|")
"""Where two of these and little else stand in a line, it is spam; one of them in a line of its own counts as weak."""

TO_TRADITIONAL = str.maketrans(
    "与专业东丝个为举乐习书买乱于亚产仅们众会伟传伦体关兴内册写军减击创办务区协单历发台号后员围国图场坛壮"
    "声处备复头妇娱学导师帮干广开归当录户扫报挡数断无时暂术机权条来标栏档欢欧气浏游点热爱电画痴盗码签类约"
    "级线经统维综编网群联脑艺荐荡药营袜见观规视览订议讯记许论设证评诉详说请读课财责购贷费资赌赛赞车转载辑"
    "过还进违钟链长门闭问间闻阅阳际陆隐韩页顶领频题馈黄",
    "與專業東絲個為舉樂習書買亂於亞產僅們眾會偉傳倫體關興內冊寫軍減擊創辦務區協單歷發臺號後員圍國圖場壇壯"
    "聲處備復頭婦娛學導師幫幹廣開歸當錄戶掃報擋數斷無時暫術機權條來標欄檔歡歐氣瀏遊點熱愛電畫癡盜碼籤類約"
    "級線經統維綜編網群聯腦藝薦蕩藥營襪見觀規視覽訂議訊記許論設證評訴詳說請讀課財責購貸費資賭賽贊車轉載輯"
    "過還進違鍾鏈長門閉問間聞閱陽際陸隱韓頁頂領頻題饋黃",
)
"""Those of the characters above that have a traditional form."""
