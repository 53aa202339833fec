// Package shard is the state of some subscribers: it folds legs into it in
// event-time order and turns it into rows at each boundary.
//
// One goroutine owns a shard. Which shard a subscriber belongs to follows from
// its partition, the top bits of the hash of its number.
//
//	table   number -> slot                       open addressing
//	people  slot -> who, since when, last seen   64 bytes each; a slot belongs to
//	        its partition, see slots.go
//	rows    the open day, and a running sum of closed days for each window
//	panes   closed days: a packed block for each day and partition, in slot
//	        order, read again when the day leaves a window; closed panes of exact
//	        length: packed, with their subscriber
//	items   peers, areas, cells ...: tags, keys and last-seen stamps side by side
//
// All of it is pages of plain words without pointers, so that the garbage
// collector has nothing to scan. A subscriber that has been silent for longer
// than any window keeps its 64 bytes and nothing else.
//
// Legs are folded some hundred at a time, cut at the ends of days and periods: first all
// slots are found, then each kind of state is changed for all legs. Cache misses
// of different legs then overlap, which is worth more than any cleverness within
// one leg.
//
// State is saved as of a barrier without stopping: Save, then SaveSome as time
// allows, while Process saves whoever is about to change (save.go). It goes out in
// blocks of one partition each (record.go, days.go), which a new shard takes in,
// whatever the number of shards was and is: Restore, Load of the newest epoch's
// blocks first, Loaded (load.go).
package shard
