// Package vectors reads stored feature vectors, and what belongs to them: files of
// labels, and maps from the columns of foreign files to features.
//
// A file of vectors has a row per subscriber and instant and a column per feature:
//
//	subscriber,contacts_out_30d,voice_days_30d,observed_days
//	4915111,250,20,60
//	4915222,,3,60
//
// It is Parquet, as the engine writes it or anybody else does, or CSV with a
// header: plain, gzip or zstd, separated by comma, semicolon, tab or bar. Values
// are numbers or bools; an empty cell is null, and so is a NaN of Parquet, where
// some writers know no other null. All else is an error that tells file, line and
// column. Other columns, and window_end, are not looked at.
//
// Subscribers are texts. A + in front of digits is dropped, as the engine does.
//
// Rows are handed out one by one; nothing is kept.
package vectors
