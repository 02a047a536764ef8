"""A rep's day to take along: as a page, as files for navigation, as lines on a map."""
