// Package release reads the official release files of the code sets into a codebook.Book: the ICD-10-CM and ICD-10-PCS files of CDC and
// CMS, HCPCS Level II, the physician fee schedule, OPPS addendum B, NCCI edits, MS-DRG severity and Medicare Code Editor lists, and the
// text of the Official Guidelines.
//
// Load walks a folder. The kind of a file is told by its content, never by its name; its edition by its content where the file says it
// (the version element of the XML files, the "Order26" column of the POA list, the title of the Guidelines), else by its name, else by
// Options.Edition. A file whose edition stays unknown is refused where the edition matters. Files may be gzip-compressed or lie in a zip
// archive; archives within archives are not opened, and what unpacks to more than a release could is refused.
//
// Import does the same into a book file, which keeps the release files that it was made of, so that further ones can join them.
//
// What goes where:
//
//	order file                codes, headers and titles of ICD-10-CM and ICD-10-PCS; its billable flag is the authority
//	Tabular List XML          chapters, sections, instructional notes and seventh characters of the order file of the same year
//	POA exempt list           Facts.POAExempt
//	CC/MCC, MCE lists         Facts.Severity, Facts.Manifestation, Facts.Sex, age edits
//	CC exclusion groups       principal diagnoses that cancel a CC or MCC of the list of the same version
//	PCS tables, definitions   tables and definitions of the order file of the same year
//	Alphabetic Index, tables  the way from words to codes; several editions side by side, the newest answers
//	HCPCS Level II            codes and titles; with the attributes file, Facts.Ended of discontinued codes
//	fee schedule, addendum B  CPT numbers (they hold no CPT words), facts of CPT and HCPCS codes, relative values by modifier
//	NCCI                      pairs with their rationale, add-on codes, medically unlikely edits of three settings
//	place of service codes    names, texts, and which are paid at the facility rate
//	Official Guidelines       the numbers and headings that exist, so that citations can be checked
//	licensed descriptors      a site's own file of CPT or dental descriptors: in place of labels, in the book of this site only
//
// Everything else in the folder is listed in the Report as skipped, with the reason. Damaged files are errors that name file and line;
// all problems of all files are reported together, and then there is no book. The package downloads nothing, and writes nothing but the
// book file.
package release
