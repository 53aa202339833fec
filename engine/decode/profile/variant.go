package profile

// variant is one of several types of records, and how its fields are read.
type variant struct{}

// detection is how files of the format are told.
type detection struct{}

// pattern is the pattern of headers or trailers.
type pattern struct{}
