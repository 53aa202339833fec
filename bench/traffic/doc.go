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
// Unless told otherwise the traffic is honest: everybody in it is a normal
// subscriber. Config.Scenarios plants frauds, customers who leave, and honest
// people who look like frauds. Each is played by an actor: a subscriber who is
// given acts, stretches of attempts of one sort, besides its ordinary life or
// instead of it, and perhaps another device, card or place. The attempts of the
// actors and the ordinary ones go the same way, in the order of time.
// [Generator.Truth] tells who played what, and when.
//
//	scenarios --casting--> actors --acts--> attempt --records--> calendar
//
// The scenarios are written after what the trade and the literature tell of them
// (sources are with each), not after rules that look for them, and no two
// actors of a scenario are alike: some are blatant, some mild.
package traffic
