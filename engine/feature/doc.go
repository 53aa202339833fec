// Package feature is the catalogue: what each feature is called, what it means
// and how it follows from the measures of a window, and the frames of rows in
// which features leave the engine.
package feature
