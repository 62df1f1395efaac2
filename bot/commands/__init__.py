"""Every command and every button, in one table each: menu, /help, dispatch and docs come from here."""

from zoneinfo import ZoneInfo

from bot.access import Need, Place, has_role
from bot.commands import (
    adding,
    aliases,
    audit,
    export,
    failed,
    forget,
    hours,
    linking,
    lives,
    members,
    people,
    reading,
    saved,
    settings,
    source,
    sources,
    start,
    stats,
    topic,
    topics,
    watching,
)
from bot.commands.ask import Action, Command
from bot.locales import N_, load_translators
from db.models import Role

_MANAGED = Need(Role.READER, Place.MANAGED)
_ALONE = Need(Role.READER, Place.PRIVATE)
_EDITOR = Need(Role.EDITOR, Place.PRIVATE)
_ADMIN = Need(Role.ADMIN, Place.PRIVATE)

COMMANDS: tuple[Command, ...] = (
    Command(
        "latest",
        "moinhat",
        N_("the newest articles"),
        reading.latest,
        N_("[number] [topic]"),
        "10 kinh tế",
        reads_only=True,
    ),
    Command(
        "search",
        "timkiem",
        N_("find articles by words"),
        reading.find,
        N_("words"),
        "chi so gia tieu dung",
        reads_only=True,
    ),
    Command(
        "why",
        "visao",
        N_("whether an article was sent here, and why not"),
        lives.tell_life,
        N_("address"),
        "https://thongke.example.vn/tin/1.html",
        reads_only=True,
    ),
    Command("topics", "chude", N_("choose the topics you follow"), topics.list_topics, need=_MANAGED, reads_only=True),
    Command(
        "watch",
        "tukhoa",
        N_("be told when words appear; with ! at any hour"),
        watching.manage,
        N_("[words]"),
        "giá xăng, Đắk Lắk !",
        _MANAGED,
    ),
    Command(
        "digest",
        "diemtin",
        N_("news at once, or all together at some times"),
        hours.manage_digest,
        N_("[times]"),
        "7:30 16:30",
        _MANAGED,
    ),
    Command("quiet", "yenlang", N_("when no news comes"), hours.manage_quiet, N_("[hours]"), "20:00-07:00", _MANAGED),
    Command("settings", "caidat", N_("choose the language"), settings.show_settings, need=_MANAGED, reads_only=True),
    Command("saved", "daluu", N_("articles you have saved"), saved.list_saved, need=_ALONE, reads_only=True),
    Command("link", "lienket", N_("join your chats on two platforms"), linking.link, N_("[code]"), "K7MPQ2XZ", _ALONE),
    Command("start", "batdau", N_("begin, or go on, getting news"), start.start, need=_MANAGED),
    Command("stop", "dung", N_("get no more news"), start.stop, need=_MANAGED),
    Command("forget", "quenminh", N_("erase what I know of you"), forget.ask_to_forget, need=_ALONE, reads_only=True),
    Command("help", "trogiup", N_("what I can do"), start.show_help, reads_only=True),
    Command(
        "sources",
        "nguon",
        N_("the sources and how they are doing"),
        sources.list_sources,
        need=_EDITOR,
        reads_only=True,
    ),
    Command(
        "addsource",
        "themnguon",
        N_("watch a new source"),
        adding.add_source,
        N_("address [topic]"),
        "https://thongke.example.vn/rss Kinh tế",
        _EDITOR,
    ),
    Command(
        "source",
        "motnguon",
        N_("one source: topic, name, removal"),
        source.manage,
        N_("number [= name]"),
        "3 = Báo tỉnh",
        _EDITOR,
    ),
    Command(
        "topic",
        "suachude",
        N_("make, rename or merge topics"),
        topic.manage,
        N_("[name [= new name]]"),
        "Giá = Giá cả",
        _EDITOR,
    ),
    Command("pause", "tamdung", N_("stop reading a source"), sources.pause, N_("number"), "3", _EDITOR),
    Command("resume", "tieptuc", N_("read a source again"), sources.resume, N_("number"), "3", _EDITOR),
    Command(
        "aliases",
        "viettat",
        N_("abbreviations that searches understand"),
        aliases.manage,
        N_("[short = long]"),
        "NSLĐ = năng suất lao động",
        _EDITOR,
    ),
    Command(
        "pending", "choduyet", N_("who is waiting to be let in"), people.list_pending, need=_ADMIN, reads_only=True
    ),
    Command(
        "members",
        "thanhvien",
        N_("who has been let in"),
        members.list_members,
        N_("[name]"),
        "Hoa",
        _ADMIN,
        reads_only=True,
    ),
    Command("role", "vaitro", N_("give a member a role"), members.change_role, N_("name [role]"), "Hoa editor", _ADMIN),
    Command("invite", "loimoi", N_("an invitation for one person"), people.invite, need=_ADMIN),
    Command("failed", "guihong", N_("what could not be delivered"), failed.list_failures, need=_ADMIN, reads_only=True),
    Command("audit", "nhatky", N_("who did what"), audit.show_audit, need=_ADMIN, reads_only=True),
    Command("export", "xuat", N_("take lists out of loa"), export.choose, need=_ADMIN, reads_only=True),
    Command("stats", "sudung", N_("how the language model fares"), stats.show_stats, need=_ADMIN, reads_only=True),
)

ACTIONS: tuple[Action, ...] = (
    Action("page", reading.turn_page, reads_only=True),
    Action("topics", topics.turn_topics, _MANAGED, reads_only=True),
    Action("follow", topics.follow, _MANAGED),
    Action("mute", topics.mute, _MANAGED),
    Action("watches", watching.turn, _MANAGED, reads_only=True),
    Action("unwatch", watching.remove, _MANAGED),
    Action("urgent", watching.turn_urgent, _MANAGED),
    Action("onlywatched", watching.choose_only, _MANAGED),
    Action("digest", hours.press_digest, _MANAGED),
    Action("quiet", hours.press_quiet, _MANAGED),
    Action("followall", topics.follow_all, _MANAGED),
    Action("askmuteall", topics.ask_to_mute_all, _MANAGED, reads_only=True),
    Action("muteall", topics.mute_all, _MANAGED),
    Action("save", saved.save),
    Action("saved", saved.turn, _ALONE, reads_only=True),
    Action("unsave", saved.unsave, _ALONE),
    Action("resave", saved.resave, _ALONE),
    Action("forget", forget.forget, _ALONE),
    Action("share", linking.share, _ALONE),
    Action("unlink", linking.unlink, _ALONE),
    Action("keepme", forget.keep, _ALONE, reads_only=True),
    Action("language", settings.set_language, _MANAGED),
    Action("keep", adding.keep, _EDITOR),
    Action("discard", adding.discard, _EDITOR),
    Action("sources", sources.turn_sources, _EDITOR, reads_only=True),
    Action("source", source.show_source, _EDITOR, reads_only=True),
    Action("halt", source.halt, _EDITOR),
    Action("wake", source.wake, _EDITOR),
    Action("totopic", source.choose_topic, _EDITOR, reads_only=True),
    Action("puttopic", source.put_topic, _EDITOR),
    Action("askdrop", source.ask_to_remove, _EDITOR, reads_only=True),
    Action("drop", source.remove, _EDITOR),
    Action("undrop", source.restore, _EDITOR),
    Action("edittopics", topic.turn, _EDITOR, reads_only=True),
    Action("edittopic", topic.show_topic, _EDITOR, reads_only=True),
    Action("default", topic.press_default, _EDITOR),
    Action("mergeinto", topic.choose_other, _EDITOR, reads_only=True),
    Action("askmerge", topic.ask_to_merge, _EDITOR, reads_only=True),
    Action("merge", topic.merge, _EDITOR),
    Action("pause", sources.press_pause, _EDITOR),
    Action("resume", sources.press_resume, _EDITOR),
    Action("aliases", aliases.turn, _EDITOR, reads_only=True),
    Action("unalias", aliases.ask_to_remove, _EDITOR, reads_only=True),
    Action("dropalias", aliases.remove, _EDITOR),
    Action("failed", failed.turn, _ADMIN, reads_only=True),
    Action("resend", failed.send_again, _ADMIN),
    Action("pending", people.turn_pending, _ADMIN, reads_only=True),
    Action("approve", people.approve, _ADMIN),
    Action("refuse", people.refuse, _ADMIN),
    Action("members", members.turn_members, _ADMIN, reads_only=True),
    Action("member", members.show_member, _ADMIN, reads_only=True),
    Action("role", members.press_role, _ADMIN),
    Action("askexpel", members.ask_to_expel, _ADMIN, reads_only=True),
    Action("expel", members.expel, _ADMIN),
    Action("readmit", members.readmit, _ADMIN),
    Action("export", export.send_list, _ADMIN),
    Action("audit", audit.turn, _ADMIN, reads_only=True),
)


def get_commands(role: Role) -> tuple[Command, ...]:
    """The commands that somebody of this role may use."""
    return tuple(command for command in COMMANDS if has_role(role, command.need.role))


def get_menu(language: str, role: Role = Role.READER) -> list[tuple[str, str]]:
    """Names and what they do, for the platform's menu: Vietnamese names in Vietnamese, English ones elsewhere."""
    words = load_translators().get(language, ZoneInfo("UTC"))
    return [(command.get_name(words.language), words(command.summary)) for command in get_commands(role)]
