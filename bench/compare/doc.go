// Compare runs cdrstream and DuckDB over the same file of records, makes sure that they
// computed the same, and only then says how long each took.
//
//	go run . -cdrstream ../../bin/cdrstream                  # 10 million records
//	go run . -cdrstream ../../bin/cdrstream -records 1000000 -runs 1
//	go run . -sql -set core                                  # prints the SQL
//
// Both read canonical CSV from the page cache and write Parquet, one row for each
// subscriber and local midnight with a leg in the day before. There are two sets of
// features: 14 of them over seven days, and the whole core set over 1, 7 and 30 days.
// Every system runs in a process of its own, so that the peak of memory is its alone.
//
// The SQL is meant to be as good as it gets (see script), with two threads, the order of
// insertion off, and the types of all columns given. What DuckDB is spared: it is told
// where each number is, in a small table that is made from our number plan before the
// clock starts, and how many days there are; its rows are neither sorted nor filed by
// date nor synced; opening the database is not timed, while of cdrstream the whole life
// of the process is.
//
// Two floors tell what the machine has to give: a search for line feeds, and our decoder
// alone, both on two goroutines.
package main
