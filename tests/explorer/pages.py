"""Pages opened from one file, with the network cut off, and no errors in them."""

from contextlib import contextmanager

from stridewise.explorer import exported


@contextmanager
def opening(browser, folder):
    """Opens pages; at the end there must have been no complaint of the browser in any of them."""
    complaints, contexts = [], []

    def hear(message, refused):
        of_server = refused and "the server responded with a status of 4" in message.text
        if message.type in ("error", "warning") and not of_server:
            complaints.append(message.text)

    def hear_error(error, refused):
        if not (refused and "earlier run" in str(error)):
            complaints.append(str(error))

    def open_one(what, fragment="", *, refused=False, **options):
        """The page of a trace, or at an address, as soon as it is ready.

        If something will be ``refused``, the browser may say that the server does so.
        """
        address = what
        if not isinstance(what, str):
            file = folder / f"page-{len(contexts)}.html"
            file.write_text(exported(what), "utf-8")
            address = file.as_uri()
        context = browser.new_context(**{"locale": "en-US"} | options)
        contexts.append(context)
        context.set_offline(address.startswith("file:"))
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.on("console", lambda message: hear(message, refused))
        page.on("pageerror", lambda error: hear_error(error, refused))
        page.goto(f"{address}#{fragment}")
        page.wait_for_selector("body[data-ready=true]")
        return page

    yield open_one
    for context in contexts:
        context.close()
    assert complaints == []
