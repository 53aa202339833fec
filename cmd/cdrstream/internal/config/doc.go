// Package config is the configuration of a job: its keys, their defaults and
// where a value may come from.
//
// There is one table of keys (keys.go). The YAML file, the environment, the
// flags, --print-config, the configuration hash and the table in the README all
// follow from it. A value is decided by the last of these that gives one:
//
//	Defaults -> the file -> CDRSTREAM_... in the environment -> flags
//
// Everything is strict: a key that does not exist, a value of the wrong kind, a
// number that makes no sense is an error that says where it stands and what to
// write instead. Every value is a text that can be printed and read back, so the
// output of --print-config is itself a configuration file.
package config
