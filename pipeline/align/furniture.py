"""What stands in a saved web page besides the lecture: menus, tickers, buttons, boxes for comments.

It comes as labels: short lines without the end of a sentence. A label is a button where it says one of the things that
pages say everywhere (``Follow``, ``コメント``, ``登录``). Many labels together are a menu where most of them have no
translation; so are, in Markdown, list items that are nothing but links. Headings, cells and cues are short in lectures too
and never count.
"""

import re
from collections.abc import Iterator, Sequence, Set
from itertools import groupby

from diglot.pipeline.document import Document, Segment, is_east_asian

__all__ = ["is_button", "menus"]

# Letters as wide as Latin ones; a character of Chinese, Japanese or Korean says as much as two.
_LABEL, _FAR_TOO_LONG = 26, 200
# So many labels without a partner together, or links, are a menu.
_MENU = 4
_WORDS = re.compile(
    r"\b(?:follow(?:ers|ing)?|subscribe|sign (?:in|up)|log ?(?:in|out)|share|listen|menu|home ?page|comments?|reply|likes?"
    r"|replies|read more|related (?:posts|articles)|previous|next|back to top|cookies?|privacy|copyright|all rights reserved"
    r"|advertisement|newsletter|suivre|partager|commentaires?|connexion|s'abonner|accueil|folgen|teilen|kommentare?|anmelden"
    r"|abonnieren|startseite|seguir|compartir|comentarios?|iniciar sesión|suscribirse|inicio)\b"
    r"|フォロー|シェア|共有|コメント|返信|ログイン|登録|聞く|メニュー|ホーム|関連記事|次へ|前へ|続きを読む|広告|プライバシー|著作権|いいね"
    r"|关注|關注|分享|评论|評論|回复|回復|登录|登錄|注册|註冊|菜单|首页|首頁|相关文章|其他文章|优质文章|上一篇|下一篇|阅读更多|广告|隐私|版权|点赞|收藏"
    r"|팔로우|공유|댓글|답글|로그인|가입|메뉴|홈|관련 글|다음 글|이전 글|광고|구독",
    re.IGNORECASE,
)
_STOP = re.compile(r"(?:[!?。！？;；]|(?<!\.)\.)[\"'”’»)」』\s]*\Z")
_TEXT = frozenset({"cell", "caption", "cue", "comment", "attribute"})


def menus(document: Document, segments: Sequence[Segment], unsure: Set[int]) -> set[int]:
    """The places of labels that stand many together; ``unsure`` are the segments without a sure partner."""
    labels = _runs([_is_label(document, one) for one in segments])
    links = _runs([one.kind == "item" and _is_link(document.text, one) for one in segments])
    return {i for run in labels if 2 * len(unsure & set(run)) > len(run) for i in run}.union(*links)


def is_button(document: Document, segment: Segment) -> bool:
    """Whether a segment is a label that says one of the things that pages say everywhere."""
    return segment.kind != "item" and _is_label(document, segment) and _WORDS.search(segment.text) is not None


def _is_label(document: Document, segment: Segment) -> bool:
    """Whether a segment is short and no sentence. In plain text any short line may have been taken for a heading."""
    if segment.kind in _TEXT or (segment.kind == "heading" and document.format != "plain"):
        return False
    width = sum(2 if is_east_asian(c) else 1 for c in segment.text[:_FAR_TOO_LONG] if c.isalpha())
    return len(segment.text) < _FAR_TOO_LONG and width <= _LABEL and not _STOP.search(segment.text[-10:])


def _runs(flags: Sequence[bool]) -> Iterator[range]:
    """Where so many flags stand together that it is a menu."""
    for flag, run in groupby(range(len(flags)), key=flags.__getitem__):
        places = list(run)
        if flag and len(places) >= _MENU:
            yield range(places[0], places[-1] + 1)


def _is_link(text: str, segment: Segment) -> bool:
    """Whether a segment is the words of a Markdown link and nothing besides."""
    start, end = segment.ranges[0][0], segment.ranges[-1][1]
    return text[max(start - 1, 0) : start] == "[" and text[end : end + 2] == "]("
