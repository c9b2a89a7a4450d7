"""Flips a symlink between two targets as often as asked: LINK COUNT TARGET TARGET."""
import os
import sys

link, count, targets = sys.argv[1], int(sys.argv[2]), sys.argv[3:]
for i in range(count):
    os.symlink(targets[i % 2], link + ".new")
    os.rename(link + ".new", link)
