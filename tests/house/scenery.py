"""The drawing that stands in for the photograph of a link preview: a rocket at dawn."""

_DEFS = """\
<defs>
<clipPath id="photo"><rect width="{width}" height="{height}" rx="5"/></clipPath>
<linearGradient id="dawn" x1="0" y1="0" x2="0" y2="1">\
<stop offset="0" stop-color="#22315f"/><stop offset=".45" stop-color="#6b5b95"/>\
<stop offset=".75" stop-color="#e58c72"/><stop offset="1" stop-color="#ffd39b"/></linearGradient>
<radialGradient id="sun"><stop offset="0" stop-color="#fff3d6"/>\
<stop offset=".3" stop-color="#ffe2a8" stop-opacity=".6"/>\
<stop offset="1" stop-color="#ffdf9e" stop-opacity="0"/></radialGradient>
</defs>"""

_STARS = ((28, 22), (66, 46), (104, 18), (151, 37), (196, 15), (243, 34), (300, 20), (346, 52))


def landscape(x: float, y: float, width: float, height: float) -> str:
    """Draw it into a box."""
    stars = "".join(
        f'<circle cx="{across}" cy="{down}" r="1.1"/>' for across, down in _STARS if across < width
    )
    return "\n".join(
        [
            f'<g transform="translate({x:g} {y:g})">{_DEFS.format(width=width, height=height)}',
            '<g clip-path="url(#photo)">',
            f'<rect width="{width:g}" height="{height:g}" fill="url(#dawn)"/>',
            f'<g fill="#ffffff" fill-opacity=".7">{stars}</g>',
            f'<circle cx="{width * 0.27:g}" cy="{height * 0.74:g}" r="112" fill="url(#sun)"/>',
            f'<circle cx="{width * 0.27:g}" cy="{height * 0.74:g}" r="19" fill="#fff6df"/>',
            _hills(width, height),
            _tower(width * 0.655, height * 0.885),
            _rocket(width * 0.72, height * 0.885),
            "</g></g>",
        ]
    )


def _hills(width: float, height: float) -> str:
    far, near = height * 0.79, height * 0.88
    return (
        f'<path fill="#6a527d" fill-opacity=".8" d="M0 {far - 6:g} C{width * 0.12:g} {far - 16:g}'
        f" {width * 0.2:g} {far + 9:g} {width * 0.36:g} {far + 7:g} S{width * 0.5:g} {far - 20:g}"
        f" {width * 0.62:g} {far - 14:g} S{width * 0.86:g} {far - 34:g} {width:g} {far - 22:g}"
        f' V{height:g} H0 Z"/>'
        f'<path fill="#2b2747" d="M0 {near + 5:g} C{width * 0.25:g} {near - 7:g} {width * 0.45:g}'
        f" {near + 5:g} {width * 0.66:g} {near - 2:g} S{width * 0.9:g} {near - 4:g} {width:g}"
        f' {near + 3:g} V{height:g} H0 Z"/>'
    )


def _tower(x: float, ground: float) -> str:
    """Draw the gantry: two posts, crossed."""
    top, left, right = ground - 118, x - 8, x + 8
    steps = range(int(top) + 8, int(ground) - 8, 15)
    braces = "".join(
        f"M{left:g} {y} L{right:g} {y + 15} M{right:g} {y} L{left:g} {y + 15}" for y in steps
    )
    arms = "".join(f"M{right:g} {y:g} h13" for y in (top + 24, top + 58, top + 88))
    return (
        f'<path fill="none" stroke="#1d1a35" stroke-width="2.2" d="M{left:g} {ground:g} V{top:g}'
        f' H{right:g} V{ground:g} M{x:g} {top:g} v-12 {arms}"/>'
        f'<path fill="none" stroke="#1d1a35" stroke-width="1.1" d="{braces}"/>'
    )


def _rocket(x: float, ground: float) -> str:
    """Draw the rocket upright, lit from the left."""
    foot, shoulder, tip = ground - 5, ground - 96, ground - 128
    body = (
        f"M{x - 9:g} {foot:g} V{shoulder:g} Q{x - 8:g} {tip + 10:g} {x:g} {tip:g}"
        f" Q{x + 8:g} {tip + 10:g} {x + 9:g} {shoulder:g} V{foot:g} Z"
    )
    fins = (
        f"M{x - 9:g} {foot - 22:g} L{x - 19:g} {foot + 2:g} H{x - 9:g} Z"
        f" M{x + 9:g} {foot - 22:g} L{x + 19:g} {foot + 2:g} H{x + 9:g} Z"
    )
    return (
        f'<path fill="#8d2f35" d="{fins}"/><path fill="#f4ece4" d="{body}"/>'
        f'<path fill="#2b2747" fill-opacity=".22" d="M{x + 2:g} {foot:g} V{tip + 4:g}'
        f' Q{x + 8:g} {tip + 12:g} {x + 9:g} {shoulder:g} V{foot:g} Z"/>'
        f'<rect x="{x - 9:g}" y="{shoulder:g}" width="18" height="4" fill="#c8352f"/>'
        f'<rect x="{x - 9:g}" y="{foot - 30:g}" width="18" height="4" fill="#c8352f"/>'
        f'<circle cx="{x:g}" cy="{shoulder + 20:g}" r="3.4" fill="#47608f"/>'
    )
