// Package shard is the state of some subscribers: it folds legs into it in
// event-time order, turns it into rows at each boundary, and looks at it through the
// rules of the job.
//
// One goroutine owns a shard. Which shard a subscriber belongs to follows from
// its partition, the top bits of the hash of its number.
//
//	table   number -> slot                       open addressing
//	people  slot -> who, since when, last seen   56 bytes each; a slot belongs to
//	        its partition, see slots.go
//	rows    the open day, and a running sum of closed days for each window, but of what
//	        only hours and the open day look at; state that was saved when all was
//	        summed up is read by former.go
//	panes   closed days: a packed block for each day and partition, in slot
//	        order, read again when the day leaves a window
//	hours   windows of exact length: the few legs that most subscribers have in them
//	        stand in a log, and are added up when somebody wants to know (journal.go,
//	        hours.go); who has too many has an open pane and closed ones, packed
//	        (exact.go)
//	items   peers, areas, cells ...: tags, last-seen stamps and keys side by side,
//	        the stamps no finer than windows begin (stamp.go), up to 248; beyond
//	        that a hash index, and rings of counters by pane, so that nobody walks
//	        over the items to count them (bigset.go, rings.go)
//	dossiers  of the few whom a rule has something to remember of (dossier.go, cabinet.go)
//
// Nearly all of it is pages of plain words without pointers, so that the garbage
// collector has little to scan. A subscriber that has been silent for longer
// than any window keeps its 56 bytes and a place in the table, 5 more.
//
// Legs wait as long as they lie in the same day and period: where they stand in the
// batches is dealt to queues (deal.go, queues.go) and sorted by subscriber (sorter.go), by
// the hashes of the subscribers' numbers alone, and then they are gathered from the
// batches' rows and folded some hundred at a time. What
// depends on the legs alone is found for all of them, one kind after the other; then
// subscriber after subscriber is visited, and its legs are added to its state (fold.go).
// Records and state lie far apart in memory, in no cache: they are asked for a little
// before they are wanted (package fetch). All legs that a subscriber has in the queue thus pay for its state once.
// Which kind of leg comes next is not to be guessed, and a wrong guess costs as much as
// dozens of instructions: what is done for each leg is done with as few branches as
// possible.
//
// # Rules
//
// Rules see the same features as the rows: a gauge reads what a view of the plan
// needs off the state into a tile, whether that is the view of the output or that of
// the rules, and at any instant, not only at boundaries (gauge.go). An activity rule
// looks at a subscriber after each second of event time in which it had a leg: right
// after the last leg of the second is folded, before the next one is (judge.go). Who is
// to be looked at is put aside until the others of the batch are folded as far as they can
// be, and all of them are looked at one after the other (fold.go): meanwhile what only looks
// read is on its way. A boundary rule looks at everybody in state after the rows of a boundary
// are out.
//
// Features cost much more than the fold of a leg, and nearly nobody is near a rule. So
// four questions come before them, each dearer and closer than the one before:
//
//	sieve   for each measure that rules ask much of, how much of it each of them asks,
//	        how long the job has to have gone on for it, and how many contacts it wants
//	gate    what must hold for the rule, as far as the state at hand bounds it: sums
//	        of days, for windows of hours too, and how many items there are
//	tally   the items that it looks at, counted as the rule counts them (tally.go)
//	fine    the rest of the gate, windows of hours added up
//
// When all say no, it is counted how many further legs at least it takes to change
// that (distance.go); so many are folded without asking (calm.go), of which one that adds
// much counts as several, unless days end and that may bring somebody near. Where a rule wants
// more contacts than the subscriber is known to have, new ones are counted and not legs
// (stock.go). Who has just come is as far from every rule as anybody else who has. Of boundary
// rules it is found on which day at the earliest one may hold; until then nothing of the subscriber
// is read but who it is (quiet.go), unless something rare happens to it: a leg of which
// rules want few, a day of much talk (swell.go), silence; and nothing of that before a rule
// that wants weeks of a subscriber can hold for anybody (ripe.go). Where rules want a trend to have
// fallen the calls of the last days say until when it has not (pulse.go), and where they
// compare counts of items when these were last seen does (wane.go). None may say no where
// the rule holds; gate_test.go, calm_test.go, quiet_test.go and wane_test.go compare them
// with the rules.
// For whom a gate is open the rule looks through its lens: at the features that it
// names and no others (lens.go). If it does not hold, its items have been counted, and
// tell how far it is. A rule also looks at whoever has a track (see package alert) that
// would change although the rule does not hold; until when it rests is known.
// Whom a rule holds for that will surely go on holding for some legs of the day is calm
// for as long (hold.go).
// What comes of it are alerts (judge.go, dossier.go, report.go). At a boundary nothing
// is reported before all shards have counted for how many each rule would fire: more
// than so many are a storm, and one alert (storm.go).
//
// Alerts wait in the shard until it is known to be past their instant, and are handed
// over at boundaries and barriers. With what rules remember of a subscriber saved in
// its record, a restart neither repeats an alert nor forgets one.
//
// # Saving
//
// State is saved as of a barrier without stopping: Save, then SaveSome as time
// allows, while Process saves whoever is about to change (save.go). It goes out in
// blocks of one partition each (record.go, days.go), which a new shard takes in,
// whatever the number of shards was and is: Restore, Load of the newest epoch's
// blocks first, Loaded (load.go).
package shard
