# Stands in for "criu swrk": takes one request from a socket of type SOCK_SEQPACKET and answers as it was told.
# Arguments: what to play, the number of the socket's descriptor.
use strict;
use warnings;

my ($scenario, $number) = @ARGV;
open(my $socket, '+<&=', $number) or die "no descriptor $number: $!";

# A field of a protobuf message: a number, or text.
sub varint {
    my ($value) = @_;
    my $bytes = '';
    while ($value > 127) {
        $bytes .= chr($value & 127 | 128);
        $value >>= 7;
    }
    return $bytes . chr($value);
}
sub number { return varint($_[0] << 3) . varint($_[1]) }
sub text { return varint($_[0] << 3 | 2) . varint(length $_[1]) . $_[1] }

sub send_message {
    my ($message) = @_;
    setsockopt($socket, 1, 32, pack('i', 4 << 20)); # SOL_SOCKET, SO_SNDBUFFORCE: for root alone, others have less room
    my $sent = syswrite($socket, $message);
    die "cannot send: $!" unless defined $sent && $sent == length $message;
}

sub receive {
    my $length = sysread($socket, my $message, 1 << 20);
    die "no message" unless $length;
    return $message;
}

# A response to a request: its type, whether it went well, and what CRIU says of a failure.
sub response {
    my ($type, $success, $said) = @_;
    return number(1, $type) . number(2, $success) . (defined $said ? text(9, $said) : '');
}

my $NOTIFY = 6;
my $WRONG = 10; # VERSION

my $request = receive();
my $type = ord substr($request, 1, 1);

if ($scenario eq 'end-of-file') {
    exit 0;
} elsif ($scenario eq 'half-message') {
    send_message(substr(response($type, 0, 'cut off'), 0, 9));
} elsif ($scenario eq 'large-message') {
    send_message(response($type, 0, "first line\n" . 'x' x (1 << 20)));
} elsif ($scenario eq 'unknown-stage') {
    send_message(number(1, $NOTIFY) . number(2, 1) . text(5, text(1, 'a-stage-of-tomorrow')));
    my $answer = receive();
    my $right = number(1, $NOTIFY) . number(3, 1);
    send_message(response($type, 0, $answer eq $right ? 'the stage was acknowledged' : 'the stage was refused'));
} elsif ($scenario eq 'wrong-type') {
    send_message(response($WRONG, 1));
} elsif ($scenario eq 'unknown-request') {
    send_message(response(0, 0, 'Invalid req'));
} elsif ($scenario eq 'failure') {
    send_message(response($type, 0));
} elsif ($scenario eq 'failure-with-message') {
    send_message(response($type, 0, 'Error (criu/cr-dump.c:1): something broke'));
} elsif ($scenario eq 'silence') {
    sleep 1007;
} else {
    die "no scenario $scenario";
}
