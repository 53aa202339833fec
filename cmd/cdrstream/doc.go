// Command cdrstream reads call-detail records, from files or as they come, and writes one
// feature vector per subscriber and period, and alerts.
//
// Each command has a file of its own; serve, the live job, has several, whose names
// begin with it. main.go starts the program and root.go
// holds what commands share; build.go is the one place where a configuration
// becomes decoders, sources, aggregators, sinks and an engine.
package main
