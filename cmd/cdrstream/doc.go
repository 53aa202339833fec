// Command cdrstream reads call-detail records and writes one feature vector per
// subscriber and period.
//
// Each command has a file of its own. main.go starts the program and root.go
// holds what commands share; build.go is the one place where a configuration
// becomes decoders, sources, aggregators, sinks and an engine.
package main
