"""Words and phrases, written for textmill, that :mod:`.junk` makes texts of."""

from __future__ import annotations

LINKS = (
    "Home", "About Us", "Contact", "Contact Us", "Login", "Log in", "Sign Up", "Register", "My Account", "Cart (0)",
    "Checkout", "Wishlist", "Search", "Sitemap", "Site Map", "FAQ", "Help", "Support", "Privacy Policy",
    "Terms of Use", "Terms & Conditions", "Cookie Policy", "Careers", "Jobs", "Press", "Blog", "News", "Events",
    "Gallery", "Photos", "Videos", "Downloads", "Products", "Services", "Solutions", "Pricing", "Store Locator",
    "Shipping", "Returns", "Gift Cards", "Sale", "New Arrivals", "Best Sellers", "Men", "Women", "Kids", "Baby",
    "Shoes", "Accessories", "Electronics", "Home & Garden", "Toys", "Sports", "Outdoors", "Books", "Music", "Movies",
    "Games", "Beauty", "Health", "Travel", "Hotels", "Flights", "Cars", "Real Estate", "Classifieds", "Directory",
    "Forum", "Forums", "Members", "Groups", "Topics", "Archives", "Categories", "Tags", "Recent Posts",
    "Recent Comments", "Popular", "Trending", "Latest", "Top 10", "Next", "Previous", "Older posts", "Newer posts",
    "« Prev", "Next »", "First", "Last", "Page 1 of 12", "1 2 3 4 5 ... 27", "View All", "See more", "Show less",
    "Read More", "Read more »", "Continue reading", "Share", "Share this", "Tweet", "Like", "Pin It", "Email",
    "Print", "PDF", "RSS", "Subscribe", "Follow us", "Facebook", "Twitter", "Instagram", "YouTube", "LinkedIn",
    "Pinterest", "Reddit", "WhatsApp", "Telegram", "Back to top", "Skip to content", "Skip to main content", "Menu",
    "Close", "Toggle navigation", "Advertise", "Advertisement", "Sponsored", "Donate", "Volunteer", "Newsletter",
    "English", "Français", "Español", "Deutsch", "Italiano", "Select your language", "Currency: USD", "Sort by",
    "Filter", "Price: low to high", "Add to cart", "Buy now", "Quick view", "Compare", "In stock", "Out of stock",
    "Reviews (0)", "Write a review", "Rate this", "Related Products", "You may also like", "Recently viewed",
    "Leave a comment", "Leave a Reply", "Cancel reply", "Post Comment", "Reply", "Report", "Edit", "Delete", "Quote",
    "Permalink", "Trackback", "Uncategorized", "Admin", "Dashboard", "Settings", "Profile", "Logout",
    "Forgot password?", "Remember me", "Username", "Password", "Submit", "Reset", "Go", "OK", "Cancel", "Yes", "No",
    "Loading...", "Please wait", "Error", "404 Not Found", "Play", "Pause", "Mute", "Full screen", "Subtitles",
    "Download app", "Get it on", "Open in app", "Live", "Schedule", "Scores", "Standings", "Teams", "Players",
    "Stats", "Weather", "Horoscope", "Crossword", "Obituaries", "Opinion", "Business", "Politics", "World", "Local",
    "Lifestyle", "Technology", "Science", "Entertainment", "Celebrity", "Fashion", "Food", "Recipes", "Mobile",
    "Desktop", "Investors", "Partners", "Affiliates", "Vendors", "Dealers", "Warranty", "Manuals", "Drivers",
    "Firmware", "Forums » General", "Index", "A-Z", "Glossary", "Links", "Resources", "Webmaster", "Feedback",
    "Imprint",
)  # fmt: skip
NOTICES = (
    "This website uses cookies to ensure you get the best experience on our website.",
    "We use cookies and similar technologies to personalise content and ads. By continuing to browse you accept them.",
    "By clicking Accept you agree to our use of cookies. Learn more. Got it! Decline. Manage preferences.",
    "Copyright © 2019. All rights reserved. Powered by WordPress. Theme by Starter.",
    "© 2014 Example Media Group, Inc. All Rights Reserved. Use of this site constitutes acceptance of our terms.",
    "All trademarks and logos are the property of their respective owners. Prices subject to change without notice.",
    "Sign up for our newsletter and get 10% off your first order! Enter your email address. No spam, ever.",
    "Subscribe to our mailing list to receive the latest updates, offers and promotions straight to your inbox.",
    "You must be logged in to post a comment. Log in or register. Forgot your password? Click here to reset it.",
    "Please enable JavaScript in your browser to view this page. Your browser does not support the video tag.",
    "Your email address will not be published. Required fields are marked *. Name * Email * Website",
    "Save my name, email, and website in this browser for the next time I comment.",
    "This page has been viewed 1,284 times. Last updated on Monday. Report a broken link. Print this page.",
    "Free shipping on all orders over $50. Free returns. 30 day money back guarantee. Secure checkout.",
    "Sorry, the page you are looking for could not be found. Return to the home page or try searching.",
    "Sorry, no posts matched your criteria. Try a different search? Nothing found. Back to results.",
    "This item is currently out of stock. Notify me when available. Add to wish list. Add to compare.",
    "Customers who viewed this item also viewed. Frequently bought together. Sponsored products related to this item.",
    "Items per page: 10 20 50. Showing 1 - 20 of 348 results. Page 1 of 18. Next page. Last page.",
    "Advertisement. Scroll to continue. Story continues below advertisement. Skip ad in 5 seconds.",
    "Share on Facebook. Share on Twitter. Share on LinkedIn. Copy link. Link copied to clipboard!",
    "Follow us on social media for news and updates. Like our page. Join the conversation. Use our hashtag.",
    "The information on this site is provided as is without warranty of any kind. Consult a professional.",
    "Disclosure: this post may contain affiliate links, which means we may receive a commission if you click.",
    "This site is protected by reCAPTCHA and the Google Privacy Policy and Terms of Service apply.",
    "Call us today for a free quote! Open Monday to Friday 9am - 5pm. Closed on Sundays and public holidays.",
    "Already have an account? Sign in. New customer? Create an account. Guest checkout available.",
    "Domain for sale. This domain may be for sale by its owner. Inquire about this domain. Buy this domain.",
    "This is a demo store for testing purposes, no orders shall be fulfilled. Dismiss.",
    "You are here: Home > Category > Archive. Jump to: navigation, search. View source. Page history. Discussion.",
    "Sort by: Relevance Newest Oldest Most viewed. Filter by: All Images Videos. Clear all filters. Apply.",
    "Members online: 3. Guests: 118. Total posts: 43,212. Newest member: please welcome our newest member.",
    "You cannot post new topics in this forum. You cannot reply to topics in this forum. You cannot edit your posts.",
    "All times are GMT. The time now is 04:12 AM. Forum Jump. Thread Tools. Display Modes. Linear Mode.",
    "Any reproduction without written permission is prohibited. Content may not be republished or redistributed.",
    "Powered by vBulletin. Powered by phpBB. Powered by Shopify. Designed by Elegant Themes. Hosted by us.",
)  # fmt: skip
SHOP = (
    "In Stock", "Free Shipping", "Add to Cart", "Buy Now", "Add to Wishlist", "Quick View", "Compare", "SALE!",
    "-30%", "New", "4.5 out of 5 stars", "(128 reviews)", "Ships in 24 hours", "Only 3 left", "Color: Black",
    "Size: S M L XL XXL", "Qty: 1", "SKU: 004512", "Pack of 2", "Best Seller", "Was $99.99", "You save 25%",
    "Brand New", "100% Genuine", "Warranty 1 Year", "OEM", "Retail Box", "Wholesale price", "MOQ: 100 pieces",
    "FOB Shenzhen", "CE RoHS", "High quality", "Hot sale", "Condition: Used", "Buy It Now", "0 bids",
    "Time left: 2d 4h", "Seller: topdeals", "Item number", "Dimensions 10 x 5 x 3",
)  # fmt: skip
ADJECTIVES = (
    "Best", "Cheap", "Cheapest", "New", "Original", "Discount", "Top", "Premium", "Luxury", "Professional",
    "Portable", "Mini", "Wireless", "Waterproof", "Vintage", "Custom", "Free", "Hot", "Genuine", "Replacement",
    "Universal", "Large", "Slim", "Stainless", "Digital", "Smart", "Ladies", "Mens", "Kids", "Affordable", "Quality",
    "Wholesale", "Handmade", "Black",
)  # fmt: skip
BRANDS = (
    "Acmex", "Lumora", "Veltrix", "Nordane", "Zentek", "Pradelle", "Omniva", "Kestrel", "Brixton", "Solara",
    "Fenwick", "Tauro", "Maxline", "Orbis", "Quanta", "Rivero", "Stellan", "Trionix", "Umbra", "Wexford", "Xylo",
    "Yamato", "Zephyr", "Calibre",
)  # fmt: skip
PRODUCTS = (
    "Handbag", "Running Shoes", "Sunglasses", "Watch", "Phone Case", "Charger", "Headphones", "Speaker", "Backpack",
    "Jacket", "Dress", "T-Shirt", "Hoodie", "Necklace", "Earrings", "Ring", "Blender", "Air Fryer", "Vacuum Cleaner",
    "Mattress", "Pillow", "Sofa", "Chair", "Desk Lamp", "Curtain", "Rug", "Drill", "Saw", "Pressure Washer",
    "LED Bulb", "Solar Panel", "Battery", "Laptop Bag", "Tablet", "Printer Ink", "Toner Cartridge", "Camera Lens",
    "Tripod", "Drone", "Car Mat", "Brake Pads", "Tyres", "Dog Bed", "Cat Litter", "Fish Tank", "Protein Powder",
    "Vitamin C", "Face Cream", "Shampoo", "Lipstick", "Perfume", "Wig", "Bracelet", "Boots", "Sneakers", "Jersey",
    "Cap", "Gloves", "Tent", "Sleeping Bag", "Fishing Rod", "Golf Clubs", "Bike Helmet",
)  # fmt: skip
PLACES = (
    "London", "New York", "Chicago", "Houston", "Phoenix", "Dallas", "Austin", "Miami", "Denver", "Seattle", "Boston",
    "Atlanta", "Toronto", "Sydney", "Melbourne", "Dubai", "Delhi", "Mumbai", "Bangalore", "Singapore", "Manila",
    "Lagos", "Leeds", "Glasgow", "Springfield, IL 62704", "Portland, OR 97205", "Madison, WI 53703", "Albany, NY",
    "Tampa, FL", "San Jose, CA", "Reno, NV",
)  # fmt: skip
SPAM = {
    "pills": (
        "generic pills", "male enhancement", "weight loss pills", "diet supplement", "pain relief gummies",
        "no prescription", "online pharmacy", "cheap meds", "fat burner", "keto", "hair growth serum",
        "testosterone booster",
    ),
    "loans": (
        "payday loan", "bad credit", "instant approval", "cash advance", "no credit check", "refinance",
        "debt relief", "low interest", "personal loan", "mortgage quotes", "car insurance quotes", "credit repair",
    ),
    "casino": (
        "online casino", "free spins", "welcome bonus", "no deposit bonus", "slots", "poker", "sports betting",
        "jackpot", "live dealer", "roulette", "betting tips", "wager",
    ),
    "search": (
        "SEO services", "backlinks", "website traffic", "first page of Google", "web design company",
        "digital marketing", "buy followers", "cheap hosting", "link building", "guest post", "lead generation",
        "email list",
    ),
    "essays": (
        "custom essay", "essay writing service", "dissertation help", "homework help", "term paper",
        "plagiarism free", "expert writers", "24/7 support", "cheap essays", "assignment help", "research paper",
        "top grades",
    ),
    "money": (
        "make money online", "work from home", "passive income", "crypto", "bitcoin", "forex signals",
        "trading robot", "financial freedom", "join our team", "secret system", "double your money",
        "investment opportunity",
    ),
    "replica": (
        "replica watches", "designer handbags", "outlet store", "cheap jerseys", "wholesale", "discount sunglasses",
        "factory direct", "sneakers outlet", "luxury brands", "free shipping", "authentic", "factory outlet",
    ),
    "services": (
        "plumber", "locksmith", "carpet cleaning", "roof repair", "towing service", "movers", "pest control",
        "escorts", "garage door repair", "personal injury lawyer", "dentist", "tree removal",
    ),
    "downloads": (
        "free download", "full version", "crack", "serial key", "watch online free", "torrent", "HD movie", "mp3",
        "keygen", "apk mod", "ringtones", "wallpapers",
    ),
}  # fmt: skip
SPAM_SENTENCES = (
    "Are you looking for {}? Look no further!", "Click here for {} now!!!", "Buy {} online at the lowest price.",
    "Get {} today - limited time offer!", "We offer {}, {} and {} at affordable prices.", "Best {} of 2021.",
    "Order {} now and get {} for free!", "Our {} is the best {} on the market.", "Don't miss this amazing {} deal!!",
    "{} - {} - {} - {}", "Cheap {}. Best {}. Top rated {}.", "Dear friend, I want to tell you about {}.",
    "100% satisfaction guaranteed or your money back on {}.", "Thousands of happy customers already use our {}.",
    "Act now! Only 24 hours left to get {}.", "If you need {} then you have come to the right place for {}.",
    "When it comes to {}, you want the best {} that money can buy.", "Call now for {}! Toll free 1-800-555-0199.",
    "Visit our website for {} http://www.best-deals-example.com",
    "This {} changed my life!!! You will not believe it.", "Congratulations! You have been selected to receive {}.",
    "No risk, no obligation. {} delivered discreetly.",
    "Finding {} can be hard, but with our {} guide finding {} is easy.", "Hot {} in your area are waiting for you.",
    "There are many reasons why people choose {} for their {} needs.",
    "Is {} right for you? Find out more about {} here.",
    "{} is very important for {}. That is why {} is so popular nowadays.", "Check out our {} page for more {} info.",
    "To unsubscribe from {} offers reply with REMOVE in the subject.", "Top 10 {} you need to know about in 2020!",
    "Nice post, thanks for sharing. I found {} here as well.", "Want {}? Need {}? Get {}! $$$",
)  # fmt: skip
HEADLINE_WORDS = (
    "Why", "How", "The", "You", "Won't", "Believe", "This", "10", "Ways", "To", "Star", "Shocks", "Fans", "After",
    "New", "Photos", "Reveals", "Secret", "Best", "Tips", "For", "Your", "Home", "Report", "Police", "Say", "Man",
    "Woman", "Local", "Council", "Plans", "Update", "Live", "Win", "Review", "Game", "Team", "Season", "Deal",
    "Launch", "Phone", "Leak", "Rumours", "Weekend", "Guide", "Top", "Things", "Know", "About", "Watch", "Video",
    "Goes", "Viral", "Market", "Shares", "Rise", "Fall", "Amid", "Fears", "Why",
)  # fmt: skip
MORE = ("Read more", "Read more »", "Continue reading →", "More", "Full story", "View article", "[Read more]", "")
MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "Nov", "Dec",
)  # fmt: skip
BYLINES = (
    "by admin", "By Staff Reporter", "Posted by Editor", "posted in Uncategorized", "Filed under: News", "by Guest",
    "",
)  # fmt: skip
COUNTED = ("Comments", "views", "shares", "likes", "Replies", "comments »", "reads")
NICKNAMES = (
    "john", "mike", "sarah_x", "gamer", "coolguy", "anon", "Anonymous", "Guest", "kitty", "xXx", "dave", "lisa",
    "newbie", "admin", "moderator", "superman", "princess", "nina", "bigfan", "trucker", "mom_of_3", "user", "Alex",
    "jenny", "the_dude", "noob",
)  # fmt: skip
SAYS = ("says:", "wrote:", "said", "posted", "replied", "·", "-")
UNITS = ("days", "hours", "minutes", "weeks", "months", "years")
REMARKS = (
    "lol", "LOL this is so true", "first!!!", "nice", "great post thanks", "+1", "me too",
    "omg i love this sooo much", "so cute", "thx for the info", "can anyone help me plz",
    "anyone know where i can get this???", "bump", "u r wrong", "this sucks", "haha good one :)", ":D :D",
    "i agree with u", "first time here, love ur blog", "plz check my channel", "idk", "smh", "wow just wow",
    "who is watching in 2019", "love it!!!!", "does this work on mobile", "fake", "source?", "cool story bro",
    "thank you so much", "how do i download this", "link is dead pls reupload", "Awesome!", "Thanks for sharing!",
    "This is awesome, keep up the good work!", "i dont get it", "same here", "any update on this?", "solved, thanks",
    "deleted", "[removed]", "Great article, very informative.", "when is the next one coming out", "sent you a pm",
    "check ur inbox", "kthxbye", "ROFL", "meh", "not bad", "YESSSS", "ur the best",
    "I really like your website, very nice design and good content.", "what a joke", "she is so pretty",
    "where did u buy that", "gg",
)  # fmt: skip
PATHS = (
    "usr", "lib", "home", "index", "main", "core", "util", "module", "config", "node_modules", "src", "test", "api",
    "v1", "users", "images", "css", "js", "app", "build", "com", "org", "internal", "server", "client", "handler",
    "wp-content", "uploads", "2016",
)  # fmt: skip
LOGGED = (
    "connection reset by peer", "request completed in 23 ms", "null", "starting worker", "timeout waiting for lock",
    "retrying (3/5)", "cache miss", "job 4411 finished with status 0", "cannot open file", "user logged in",
    "GC pause 12ms", "shutting down",
)  # fmt: skip
LOREM = (
    "lorem", "ipsum", "dolor", "sit", "amet", "consectetur", "adipiscing", "elit", "sed", "do", "eiusmod", "tempor",
    "incididunt", "ut", "labore", "et", "dolore", "magna", "aliqua", "enim", "ad", "minim", "veniam", "quis",
    "nostrud", "exercitation", "ullamco", "laboris", "nisi", "aliquip", "ex", "ea", "commodo", "consequat", "duis",
    "aute", "irure", "in", "reprehenderit", "voluptate", "velit", "esse", "cillum", "eu", "fugiat", "nulla",
    "pariatur", "excepteur", "sint", "occaecat", "cupidatat", "non", "proident", "sunt", "culpa", "qui", "officia",
)  # fmt: skip
STREETS = (
    "Main St", "Oak Avenue", "Elm Street", "Park Road", "2nd Ave", "Highway 61", "Station Rd", "Church Lane",
    "Mill Way",
)  # fmt: skip
DIRECTORY = (
    "View profile", "Get directions", "Website", "Send message", "Open now", "Claim this listing", "0 reviews",
    "Phone", "Fax", "Hours: Mon-Fri 8-5", "Map", "Write a review", "Est. 1987", "Category: Restaurants",
    "Report listing", "Age 41", "Relatives:",
)  # fmt: skip
FIRST_NAMES = (
    "James", "Mary", "Robert", "Linda", "Michael", "Patricia", "David", "Susan", "Maria", "Ahmed", "Wei", "Olga",
)  # fmt: skip
LAST_NAMES = (
    "Smith", "Johnson", "Garcia", "Brown", "Khan", "Lee", "Novak", "Murphy", "Kumar", "Silva", "Weber", "Rossi",
)  # fmt: skip
PITCH_OPENINGS = (
    "Dear valued customer,", "Dear friend,", "Hello,", "Hi there!",
    "Have you ever wondered why some people always get {} for less?", "Imagine waking up every morning with {}.",
    "Attention all homeowners!", "Are you tired of paying too much for {}?",
    "What would you do with an extra {$} a month?",
    "You are receiving this message because you signed up for offers from one of our partners.",
    "We are a leading supplier of {} with over twenty years of experience in the industry.",
    "Welcome to our store, where you will find the best {} on the web.",
    "As a busy professional, you know how important {} can be.",
    "Stop struggling with {} and start enjoying your life today.",
    "Finally, the breakthrough in {} that everybody has been waiting for.",
    "Our company specializes in {} and serves customers all over the world.",
    "If you are reading this, you are probably looking for a reliable {}.",
)  # fmt: skip
PITCH = (
    "Our revolutionary new formula has been clinically proven to work in as little as two weeks.",
    "Unlike other companies, we never charge hidden fees, and our friendly staff is available around the clock.",
    "You can save up to 70% on {} when you order directly from our website.",
    "With our easy three step program you will be amazed by the results, guaranteed.",
    "Thousands of people just like you have already discovered the secret of {}.",
    "There is no obligation to buy anything, and you can cancel at any time.",
    "We work with over 300 lenders to find you the lowest rate, even if you have bad credit.",
    "Simply fill out our short form and a representative will contact you within 24 hours.",
    "This is not a get rich quick scheme; it is a real home based business that works.",
    "You do not need any experience, and you can start earning from the comfort of your own home.",
    "Our customers report earning {$} in their first month working only a few hours a week.",
    "We guarantee your satisfaction or we will refund your money, no questions asked.",
    "All of our products are made of high quality materials and are available at wholesale prices.",
    "The {} is a must-have for anyone who loves quality and style at an affordable price.",
    "It comes in a variety of colors and sizes and makes the perfect gift for any occasion.",
    "Whether you are a beginner or a professional, our {} will meet all of your needs.",
    "Our team of experts is dedicated to providing you with the best possible service.",
    "We pride ourselves on our excellent customer service and our competitive prices.",
    "For a limited time we are offering this incredible package for only {$}, a value of over {$}.",
    "Order within the next ten minutes and we will include a second one absolutely free.",
    "Increase your sales and drive more traffic to your website with our proven marketing system.",
    "We have a database of millions of fresh opt-in email addresses ready for your campaign.",
    "Lower your monthly payments and consolidate your debt into one low payment.",
    "Lose up to 30 pounds without diet or exercise, safely and naturally.",
    "Our doctors will review your order online, and your medication ships in a discreet package.",
    "No credit card is required to start your free trial, so you have nothing to lose.",
    "It is fast, it is easy, and it is completely free.",
    "You owe it to yourself and your family to take advantage of this opportunity.",
    "Investors should keep an eye on this company, because the stock is about to explode.",
    "Do not wait, because supplies are limited and this offer will not last.",
    "See what our happy clients are saying about our amazing {}.",
    "This exclusive report reveals the techniques that the experts do not want you to know.",
    "Our software lets you search, download and burn anything with one click.",
    "By choosing our {}, you are choosing peace of mind for you and your loved ones.",
    "We offer free delivery on all orders, and our secure server protects your information.",
    "Get approved today regardless of your credit history, and drive away in the car of your dreams.",
    "With so many {} on the market, it can be difficult to choose the right one, but we are here to help.",
    "Looking good has never been easier, thanks to our exclusive line of {}.",
    "Meet beautiful singles in your area tonight, and join free for a week.",
    "Earn a university degree based on your life experience, with no tests, classes or books.",
    "You will be up and running in minutes, and our support team will walk you through every step.",
    "In today's fast paced world, having a good {} is more important than ever.",
    "Our unique approach to {} delivers real results for our clients every single day.",
    "Take your business to the next level with our all-in-one solution.",
    "Join the thousands of satisfied members who have changed their lives with {}.",
    "This amazing opportunity is available only to the first hundred people who respond.",
)  # fmt: skip
PITCH_ENDS = (
    "Click the link below to get started now.", "Call toll free today and mention this ad to receive your discount.",
    "Visit us at http://www.example-offers.biz/special for more information.", "Act now, before it is too late!",
    "To be removed from our mailing list, please reply with the word remove in the subject line.",
    "If you no longer wish to receive these emails, click here to unsubscribe.",
    "This message was sent in compliance with the new email bill and cannot be considered spam as long as we include a way to be removed.",
    "Your privacy is important to us, and we will never sell your information.",
    "Results may vary. Void where prohibited. Offer not valid in all states.",
    "We look forward to doing business with you!", "Thank you for your time, and have a great day!",
    "Contact us today for a free no-obligation quote.", "Shop now and save!", "Order yours today!",
    "Get started for free.",
)  # fmt: skip
SCAM_OPENINGS = (
    "Dear sir or madam,", "Dear beloved one,", "Attention: beneficiary,", "Good day,",
    "Compliments of the season to you and your family.", "I am writing to you in strict confidence.",
)  # fmt: skip
SCAM = (
    "I am the manager of a bank in the capital, and I need your assistance in a transaction of great benefit to both of us.",
    "My late client, an engineer and contractor, died in a plane crash with his entire family and left the sum of {$} million in his account.",
    "All attempts to trace his next of kin have been in vain, and the money will be confiscated unless somebody claims it.",
    "I seek your consent to present you as the next of kin, so that the funds can be transferred to your account.",
    "You will be entitled to thirty percent of the total sum for your kind assistance.",
    "This transaction is one hundred percent risk free and perfectly legal.",
    "I got your contact from a business directory in my search for a reliable and trustworthy partner.",
    "My father was the minister of finance before he was assassinated, and he deposited the money with a security company.",
    "We want to invest this money abroad under your guidance in a profitable business.",
    "Your email address was selected in our annual online lottery, and you have won the sum of {$}.",
    "To claim your prize, contact our agent with your reference number and your batch number.",
    "Kindly send me your full name, address, private telephone and fax numbers and your bank details.",
    "Please keep this matter confidential, because of the sensitive nature of the transaction.",
    "We have noticed unusual activity in your account and need you to verify your information immediately.",
    "Failure to update your details within 48 hours will result in the suspension of your account.",
    "We are sorry to inform you that your package could not be delivered because of an unpaid fee.",
    "I am a widow suffering from a long time illness, and I have decided to donate my inheritance to charity through you.",
    "I shall give you further details as soon as I receive your positive response.",
)  # fmt: skip
SCAM_ENDS = (
    "God bless you as I await your urgent reply.", "Yours faithfully, Barrister.",
    "Reply to my private email address only.", "Click here to verify your account now.",
    "Best regards, Dr. Williams.", "Treat this as urgent and confidential.",
)  # fmt: skip
