my $daemon = shift;
my $process = syscall(434, $daemon + 0, 0);
my %held;
my $told = "";
vec($told, 0, 1) = 1;
do {
  for (glob "/proc/$daemon/fd/*") {
    next if $held{$_} || (readlink($_) // "") ne "anon_inode:[userfaultfd]";
    $held{$_} = syscall(438, $process, (split "/")[-1] + 0, 0) >= 0;
  }
} until select(my $end = $told, undef, undef, 0.02);
