"""The explorer: a page in one file on which anyone moves levers and sees what worlds come to, without this program."""
