"""What LaTeX's commands and environments hold: which arguments are read by people, which by TeX.

Each is given the letters of its arguments in order. ``m`` is mandatory and ``o`` optional, neither is touched; ``T`` and
``O`` are the same with text that stands for itself (a title, a caption); ``p`` is text within the sentence; ``n`` is a note.
What is not in these tables is left as it is, with all arguments that stand close behind it: an author's macro may do
anything with them.
"""

from diglot.pipeline.document import BlockKind


def _names(names: str) -> frozenset[str]:
    return frozenset(names.split())


def _each(arguments: str, names: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), arguments)


# Text within a sentence.
RUNNING = {
    **_each("p", "emph textbf textit textsl textsc textrm textsf textmd textup textnormal textlf textgt textmc"),
    **_each("p", "underline uline uuline uwave dashuline sout xout mbox hbox text fbox centerline leftline rightline"),
    **_each("oop", "textquote blockquote"),
    **_each("p", "enquote say alert structure hl st ul only uncover visible onslide alt temporal caps"),
    **_each("omp", "href textcolor colorbox rotatebox"),
    **_each("mp", "hyperlink hypertarget"),
    **_each("op", "hyperref"),
    **_each("pm", "texorpdfstring"),
    **_each("mmp", "multicolumn resizebox"),
    "multirow": "omomop",
    **_each("oomop", "parbox"),
    **_each("oop", "makebox framebox"),
    "raisebox": "moop",
    "scalebox": "mop",
    "fcolorbox": "ommp",
}
# Text that stands for itself.
_HEADINGS = _each(
    "OT",
    "part chapter section subsection subsubsection paragraph subparagraph addpart addchap addsec minisec frametitle "
    "framesubtitle title subtitle",
)
TITLES: dict[str, tuple[str, BlockKind]] = {
    **{name: (arguments, "heading") for name, arguments in _HEADINGS.items()},
    **dict.fromkeys(("caption", "subcaption", "captionabove", "captionbelow", "topcaption"), ("OT", "caption")),
    "captionof": ("mOT", "caption"),
    "frame": ("oT", "paragraph"),
    "lecture": ("OTm", "heading"),
    "subfloat": ("O", "caption"),
    "subfigure": ("O", "caption"),
    **dict.fromkeys(("intertext", "shortintertext", "abstract", "keywords", "dedication", "note"), ("T", "paragraph")),
    "footnotetext": ("oT", "paragraph"),
}
ITEMS = _names("item question choice CorrectChoice")
NOTES = _each("on", "footnote sidenote marginnote endnote marginpar tablefootnote todo footnotemarginpar") | {"thanks": "n"}
# What points elsewhere, what is code, and what cannot be seen at its place. All arguments of these are kept.
REFERENCES = _names(
    "ref eqref pageref autoref nameref cref Cref vref Vref cpageref namecref cite citep citet citealp citealt citeauthor "
    "citeyear citeyearpar parencite textcite footcite autocite fullcite supercite nocite gls Gls glspl Glspl ac acp acs acl "
    "footnotemark"
)
CODE = _names("texttt code lstinline mintinline verb url path nolinkurl ensuremath num SI si qty unit ce")
MARKED = _names("verb lstinline mintinline url path")  # whose argument may stand between any two marks
HIDDEN = _names(
    "label index glossary hspace hskip kern quad qquad enspace enskip thinspace hfill hfil hss hrulefill dotfill color "
    "normalcolor linebreak nolinebreak allowbreak phantomsection protect relax leavevmode ignorespaces unskip strut null "
    "includegraphics tag notag xspace nobreak break newline selectlanguage qed qedhere rule phantom vphantom"
)
SWITCHES = _names(
    "bf it sl sc rm sf tt em bfseries mdseries itshape slshape scshape upshape rmfamily sffamily ttfamily normalfont tiny "
    "scriptsize footnotesize small normalsize large Large LARGE huge Huge "
    "mcfamily gtfamily heiti songti kaishu fangsong"
)
# What stands between paragraphs.
APART = _names(
    "par newpage clearpage cleardoublepage pagebreak nopagebreak bigskip medskip smallskip vspace vskip vfill vfil "
    "maketitle tableofcontents listoffigures listoftables listoftodos appendix frontmatter mainmatter backmatter centering "
    "raggedright raggedleft hline cline toprule midrule bottomrule cmidrule addlinespace tabularnewline cr "
    "endhead endfirsthead endfoot endlastfoot input include includeonly subfile bibliography bibliographystyle "
    "printbibliography addbibresource "
    "printindex makeindex noindent indent pause framebreak titlepage setlength addtolength setcounter addtocounter "
    "stepcounter refstepcounter pagestyle thispagestyle pagenumbering usepackage documentclass lstset lstinputlisting "
    "inputminted author date institute hypersetup bibitem makeatletter makeatother columnbreak newblock onehalfspacing "
    "doublespacing singlespacing captionsetup graphicspath theoremstyle addcontentsline markboth markright "
    "usetikzlibrary tikzset hrule"
)
DEFINITIONS = _names(
    "newcommand renewcommand providecommand DeclareRobustCommand DeclareMathOperator DeclarePairedDelimiter newenvironment "
    "renewenvironment NewDocumentCommand RenewDocumentCommand NewDocumentEnvironment def gdef edef xdef let newtheorem "
    "declaretheorem newcounter newlength newif newsavebox DeclareUnicodeCharacter lstnewenvironment lstdefinestyle "
    "lstdefinelanguage definecolor colorlet newtcolorbox newtcblisting DefineVerbatimEnvironment newminted tikzstyle"
)

MATHS = _names(
    "math displaymath equation align alignat flalign xalignat xxalignat gather multline eqnarray dmath dgroup darray "
    "IEEEeqnarray subequations array split aligned gathered cases matrix pmatrix bmatrix prooftree mathpar empheq"
)
VERBATIM = _names(
    "verbatim Verbatim BVerbatim LVerbatim SaveVerbatim alltt lstlisting minted comment filecontents tikzpicture pgfpicture "
    "tikzcd circuitikz forest picture pspicture axis asy luacode luacode* pycode pyconsole sageblock sagesilent algorithm2e "
    "algorithmic algorithmicx thebibliography gnuplot dot2tex ganttchart chemfig feynman bytefield"
)
TABLES = _names("tabular tabularx tabulary tabu longtable longtabu supertabular xltabular tblr longtblr")
QUOTATIONS = _names("quote quotation verse displayquote")
THEOREMS = _names(
    "theorem lemma corollary proposition definition example remark claim conjecture axiom exercise problem solution proof "
    "fact note notation observation question answer assumption property hypothesis thm lem cor prop defn rem"
)
ENVIRONMENTS = {
    **dict.fromkeys(THEOREMS, "O"),
    "frame": "oTT",
    **_each("T", "block alertblock exampleblock"),
    **_each("om", "tabular longtable supertabular array tblr longtblr minipage column subfigure"),
    **_each("mom", "tabularx tabulary xltabular"),
}
