#!/bin/sh
# In new namespaces: make the folder $1 this machine's root, with devices and empty /tmp and /run, and let the user $2
# log in and run $3. (A mere chroot would forbid the user namespaces that the simulated card reader uses.)
set -e
mount --bind "$1" "$1"
mount -t proc proc "$1/proc"
mount --rbind /sys "$1/sys"
mount --rbind /dev "$1/dev"
mount -t tmpfs tmpfs "$1/tmp"
mount -t tmpfs tmpfs "$1/run"
mkdir -p "$1/host"
cd "$1"
pivot_root . host
umount -l /host
# Not exec: process 1 must reap the orphaned children.
runuser --login "$2" --command "$3"
exit $?
