"""What a person finds on the page: grids by their captions, their cells, and what is marked."""

MINUS = "−"


def grid(page, label):
    return page.get_by_role("grid", name=label, exact=True)


def cell(page, label, row, column):
    return grid(page, label).locator(f'[data-row="{row}"][data-column="{column}"]')


def marked(page, label):
    """The marks of the cells that have one, by row and column."""
    found = grid(page, label).evaluate(
        """grid => [...grid.querySelectorAll('[data-mark]:not([data-mark=""])')]
            .map(({ dataset }) => [Number(dataset.row), Number(dataset.column), dataset.mark])"""
    )
    return {(row, column): mark for row, column, mark in found}


def numbers(page, label):
    """The exact numbers of a grid's cells, by row and column, without the padding."""
    found = grid(page, label).evaluate(
        """grid => [...grid.querySelectorAll("[role=gridcell]:not(.padding)")]
            .map(cell => [Number(cell.dataset.row), Number(cell.dataset.column), cell.title])"""
    )
    return {(row, column): number(title) for row, column, title in found}


def number(text):
    """A number as the page writes it."""
    return float(text.replace(MINUS, "-").replace("∞", "inf"))


def status(page):
    return page.get_by_role("status").first.inner_text()


def focused(page):
    """Grid, row and column of the cell that has the focus; None if no cell has it."""
    return page.evaluate(
        """() => {
            const grid = document.activeElement.closest("[role=grid]");
            const { row, column } = document.activeElement.dataset;
            return grid && [grid.getAttribute("aria-label"), Number(row), Number(column)];
        }"""
    )
