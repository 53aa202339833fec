// Package traffic makes call-detail records that look like those of a mobile
// network: people with few friends and many calls to each of them, heavy and
// light users, working days and evenings, homes and workplaces, calls that are
// not answered, messages, data sessions, foreign countries and switches that
// write a record when the call ends.
//
// The records are a function of [Config] alone: the same seed gives the same
// bytes on every machine. To keep that promise all draws are integers (see
// random.go): a floating-point multiply-add may be fused on one processor and
// not on another.
//
// How it runs. [New] makes the population: subscribers of four habits, their
// communities and contacts, their places. Then time goes by in minutes: the
// rhythm of each habit gives the minute its share of the records, each attempt
// is drawn and its records are put into a calendar at the time when the switch
// writes them, the release of the call and some jitter. [Generator.Next] takes
// them out in that order. Memory grows with the subscribers and with the calls
// that are under way, not with the records.
//
//	population --who--> attempt --records--> calendar --> Next --> Writer
//	    ^                  ^
//	 contacts          rhythm (how many in this minute, of which habit)
//
// The traffic is honest: everybody in it is a normal subscriber.
package traffic
