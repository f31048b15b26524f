// Package bookfile is the file that an imported codebook is kept in: named sections of bytes, each with a checksum, behind a header with
// a format version. It knows nothing of what the sections mean; package codebook fills them, and whoever adds to the book adds a section.
//
// The layout, numbers little-endian:
//
//	16 bytes   "Crosswalk book\r\n", which a transfer as text would spoil visibly
//	 4 bytes   format version
//	 4 bytes   size of the table of sections
//	           the table: for each section the size of its name (2 bytes), its name, offset and size (8 bytes each), CRC-32C (4 bytes)
//	 4 bytes   CRC-32C of all of the above
//	           the sections, one after another without gaps, to the end of the file
//
// A reader takes the sections it wants and skips the others, so that a server never reads the release files that an import keeps in the
// book. A file is written beside its place and renamed, so that readers see the old one or the new one and never a part.
package bookfile
