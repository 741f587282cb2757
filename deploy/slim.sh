#!/bin/sh
# Takes out of a folder with installed packages what no process of the bot reads, which is a third of it: the words of
# languages that it does not speak, the packages' own tests, the sources of what is compiled, and its debugging symbols.
set -eu
find "$1" -path '*/babel/locale-data/*' -type f ! -name 'root.dat' ! -name 'en*.dat' ! -name 'fr*.dat' ! -name 'de*.dat' -delete
find "$1" -type d \( -name tests -o -name test \) -prune -exec rm -r {} +
find "$1" -type f \( -name '*.c' -o -name '*.cpp' -o -name '*.h' -o -name '*.pyx' -o -name '*.pxd' -o -name '*.pxi' -o -name '*.pyi' \) -delete
find "$1" -type f -name '*.so' -exec strip --strip-unneeded {} +
