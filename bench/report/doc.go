// Package report is what the programs under bench print with: tables of Markdown, which
// they also put between the markers of a page, what machine this is, and the most memory
// that a process has had.
package report
