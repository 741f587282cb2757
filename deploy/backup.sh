#!/bin/sh
# Writes backup-1.gz … backup-7.gz into the folder it is run in, one for each day of the week: that of last week goes when
# this one is whole. What an interruption left behind goes first, since a backup never replaces a file.
set -eu
day=$(date +%u)
rm -f "new-$day.gz"
"${PYTHON:-python}" -m storage backup "new-$day.gz"
mv "new-$day.gz" "backup-$day.gz"
