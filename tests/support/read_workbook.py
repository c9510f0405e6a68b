#!/usr/bin/env python3
"""read_workbook: prints what a spreadsheet would show of an XLSX file, for tests.

A line a sheet, "# NAME frozen=ROWS", then a line a row: cells with a tab between them, numbers as
"n:12", empty cells as nothing. Ends 1 when the file is no whole workbook. Standard library only."""
import re
import sys
import xml.etree.ElementTree as tree
import zipfile

MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
LINK = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"


def column(reference):
    number = 0
    for letter in re.match(r"[A-Z]+", reference).group():
        number = number * 26 + ord(letter) - 64
    return number - 1


def read_cell(cell, shared):
    kind, value = cell.get("t", "n"), cell.find(MAIN + "v")
    if kind == "inlineStr":
        return "".join(text.text or "" for text in cell.iter(MAIN + "t"))
    if kind == "s":
        return shared[int(value.text)]
    if cell.find(MAIN + "f") is not None:
        return "FORMULA"
    return "" if value is None else "n:" + value.text


def read_row(row, shared):
    cells = {column(cell.get("r")): read_cell(cell, shared) for cell in row}
    return "\t".join(cells.get(i, "") for i in range(max(cells, default=-1) + 1))


def read_book(path):
    book = zipfile.ZipFile(path)
    if book.testzip():
        sys.exit(1)
    for name in book.namelist():
        if name.endswith((".xml", ".rels")):
            tree.fromstring(book.read(name))
    shared = []
    if "xl/sharedStrings.xml" in book.namelist():
        for item in tree.fromstring(book.read("xl/sharedStrings.xml")):
            shared.append("".join(text.text or "" for text in item.iter(MAIN + "t")))
    links = {link.get("Id"): link.get("Target")
             for link in tree.fromstring(book.read("xl/_rels/workbook.xml.rels"))}
    for sheet in tree.fromstring(book.read("xl/workbook.xml")).iter(MAIN + "sheet"):
        page = tree.fromstring(book.read("xl/" + links[sheet.get(LINK)]))
        pane = next(page.iter(MAIN + "pane"), None)
        print("# %s frozen=%s" % (sheet.get("name"), pane.get("ySplit") if pane is not None else 0))
        for row in page.iter(MAIN + "row"):
            print(read_row(row, shared))


sys.stdout.reconfigure(encoding="utf-8")
read_book(sys.argv[1])
