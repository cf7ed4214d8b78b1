from muslin.web.notebook import bar, framed, table

NASTY = "<img src=x onerror=alert(1)>"


def test_values_are_escaped_and_markup_is_kept():
    shown = table(NASTY, (NASTY, "share"), [(NASTY, bar(0.25))], note=NASTY)
    assert "<img" not in shown
    assert shown.count("&lt;img src=x") == 4
    assert "25.0 % <span" in shown
    assert "width: 2.00em" in shown


def test_a_framed_page_stays_in_its_frame():
    shown = framed('<p title="a">"</p></iframe><script>alert(1)</script>')
    assert shown.count("</iframe>") == 1
    assert "<script>" not in shown
    assert 'sandbox="allow-scripts"' in shown
