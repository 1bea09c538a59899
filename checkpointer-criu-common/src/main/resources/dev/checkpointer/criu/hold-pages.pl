my $daemon = shift;
my $process = syscall(434, $daemon + 0, 0);
for (glob "/proc/$daemon/fd/*") {
  syscall(438, $process, (split "/")[-1] + 0, 0) if (readlink($_) // "") eq "anon_inode:[userfaultfd]";
}
<STDIN>;
