"""Texts that are no reasons where reasons are made; long ones by how they begin."""

# Parts of reasons and what puts them together: `reasons_made` makes each of them whole.
PARTS = {
    # bot/adapters/telegram/outcomes.py
    ", retry after {} s",
    "429 Too Many Requests{}",
    "HTTP {}",
    "add the bot to the chat as an administrator that may post, t",
    "blocked by the user",
    "can't initiate conversation",
    "chat not found",
    "chat_id is empty",
    "give the destination the supergroup's number, then resume",
    "group chat was deactivated",
    "group chat was deleted",
    "have no write access",
    "let the bot post there, then resume",
    "message thread not found",
    "need administrator rights",
    "not a member of the",
    "not enough rights to send",
    "open the topic again or give the destination another, then r",
    "remove the destination",
    "see that the bot may post there, then resume",
    "the user must open the bot and press Start, then resume",
    "the user must unblock the bot",
    "upgraded to a supergroup",
    "user is deactivated",
    "was kicked from",
    "{} {}",
    "{} {}: {}",
    # bot/adapters/telegram/reach.py
    "message {}",
    "messages {} to {}",
    "{} looked at: not there",
    # bot/adapters/telegram/standing.py
    "Bad Request",
    "bot is not a member of the {} chat",
    "bot was blocked by the user",
    "bot was kicked from the {} chat",
    "need administrator rights in the channel chat",
    "not enough rights to send text messages to the chat",
    "{}: {}",
    # bot/commands/incident.py
    "409: this bot's updates are fetched elsewhere; stop the othe",
    "Another program was listening with this bot's token before, ",
    "webhook is active",
    "{} ({})",
    # bot/health.py
    "{}: no sign of life since {}",
    # feeds/backlog.py
    "a post",
    "a {} gets each story as {} of its own",
    "an event",
    "burst: {} waited while {}",
    "{}: older than {}",
    # feeds/filters/rules.py
    "{} ~ {}",
    # feeds/parse/jsonfeed.py
    "line {}, column {}",
    # feeds/web/errors.py
    "cannot be reached from here: no such name, no answer, or a p",
}

# Why a deed on deliveries was not done: the chat tells that by their state.
ANSWERS = {
    # feeds/store/bursts.py
    "it goes out with delivery {}",
    # feeds/store/decisions.py
    "it failed",
    "it is a roll-up: send its stories again one by one",
    "it is being sent right now",
    "it is held back",
    "it is in doubt",
    "it is waiting to be sent",
    "it was dropped",
    "it was sent",
    "it went out with delivery {}",
    "its destination was removed",
    "there is no such delivery",
}

# Names of events and of moments to die at, addresses, what only the command line says.
OTHERS = {
    # bot/adapters/console.py
    "A console has one address: write “{}”, or leave it out.",
    "the console ({})",
    "• {}",
    # bot/adapters/telegram/__init__.py
    "Telegram {}",
    "Telegram “{}” ({})",
    "add the bot to the channel as an administrator first",
    "set telegram.token, or give the chat's number (-100…)",
    "the answer names no chat",
    # bot/adapters/telegram/address.py
    "use @channelname, the chat's number such as -1001234567890, ",
    # bot/adapters/telegram/probe.py
    "message to forward not found",
    # bot/adapters/telegram/send.py
    "a message is a JSON object",
    # bot/adapters/telegram/session.py
    "first byte",
    "telegram.proxy must begin with http:// or https://.",
    # bot/adapters/webhook/__init__.py
    "berita destination secret rotate {}",
    "{}. {}",
    # bot/lane.py
    "answer heard",
    "before the intent",
    "delivery failed",
    "delivery in doubt",
    "delivery sent",
    "intent committed",
    "outcome committed",
    # bot/ledger.py
    "before the outcome",
    # feeds/fetch.py
    "application/atom+xml, application/rss+xml, application/feed+",
    # feeds/guard/addresses.py
    "{} is private; name it in [network] allow_private",
    # feeds/parse/fast.py
    "Excessive depth",
    # feeds/parse/process.py
    "import sys; sys.path.insert(0, {}); from feeds.parse import ",
    # feeds/poll/round.py
    "poll feed {}",
    # feeds/poll/telling.py
    "feed failed",
    "feed read",
    # feeds/store/declared.py
    "destination {}",
    "feed {}",
    "route {} → {}",
    # feeds/store/feeds.py
    "new URL",
}

# Why the store cannot be opened at the start: said on the terminal, before there is any chat.
STARTS = {
    # feeds/store/faults.py
    "Let the user who runs Berita write there.",
    "Make it writable, or give store.url another place.",
    "See where store.url leads, and what is there.",
    "The disk is full for this user: free some space.",
    "The disk is full: free some space.",
    "{} cannot be opened: {}. {}",
}

NOT_REASONS = frozenset(PARTS | ANSWERS | OTHERS | STARTS)
