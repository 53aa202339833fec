// Package hygiene keeps the accounts of a mediation system: what came in each file or
// stream, and whether it is what its switch says that it sent.
//
// An [Account] is of one file, or of one stream: how many records were read and what
// became of them, of which types, how many of them are odd (decode.Note), the control
// totals, and what the file claims of itself in its header or trailer. Judge holds the
// one against the other when a file ends.
//
// A [Book] holds what only several files can tell: the numbers that a switch gives its
// files, one after the other, and the event time that they cover. A number that is
// missing is a file that was lost; one that comes twice was sent again; an hour that no
// file covers is one in which nobody wrote.
//
// A switch is known by the name that its files claim, else by their names, from which
// what differs from file to file is taken away, see [Switch].
//
// What is found is a [Warning]: a code for programs and a text for people. None of it
// changes what is folded. Texts name files, counts and times, never a subscriber.
//
// The package knows nothing of where accounts come from or go to, and has no clock.
package hygiene
