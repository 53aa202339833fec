// Package order puts records into event-time order, once, so that everything
// behind it is simple: duplicates meet their twin, last-seen stamps only grow,
// and no result depends on the order of arrival.
//
// Every source has a mark, its highest event time so far. A record is late when
// it lies before its source's mark by more than the lateness, or before the
// frontier; equality is in time. The frontier is the minimum over unfinished
// sources of mark minus lateness, in whole seconds: no record in time can lie
// before it any more. A [Buffer] holds what waits for the frontier and releases
// it in order of (event time, identity).
//
// What waits is little, since a switch writes a record when the call ends. It waits in
// the batch that it was decoded into: no record is copied, unless few of a batch are
// left, and those who read released records read them there. What is released is a [Ref]
// to each record, with marks that tell which legs it has; the hashes of its parties are in
// a column of the batch. Shards find their legs by these, and the rows later.
//
// Some switches tell of a call in several records, by marks of [cdr.Joined]. Behind the
// sort, a call's answer waits for its end and becomes one record with it, at the time of
// the end; an end without an answer, and an answer whose end does not come within a day
// or before the job ends, is counted ([Counts.Open]) and not released. Copies of either
// are duplicates. The pieces of a call behind one that was split become continuation
// slices. A call made of two records has the time of its end even where other records
// have that of their start. Records without marks cost nothing.
//
// Order is kept per record, not per leg and shard: two records of the same
// identity may differ in a party, and then no shard sees both. It is the work of a
// single goroutine, a small part of what a record costs (BenchmarkStage/order in
// package bench).
//
// Between two chunks the buffer can be saved ([Buffer.AppendState]) and taken up
// by another process ([Buffer.LoadState]), which then decides everything as this
// one would have.
package order
