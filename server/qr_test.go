package server

import (
	"bytes"
	"image"
	"image/color"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"codeberg.org/go-pdf/fpdf"
	"github.com/makiuchi-d/gozxing"
	"github.com/makiuchi-d/gozxing/qrcode"
)

// readQR decodes a picture with a reader that is not of the library that wrote it.
func readQR(t *testing.T, img image.Image) string {
	t.Helper()
	bmp, err := gozxing.NewBinaryBitmapFromImage(img)
	if err != nil {
		t.Fatal(err)
	}
	got, err := qrcode.NewQRCodeReader().Decode(bmp, map[gozxing.DecodeHintType]any{gozxing.DecodeHintType_TRY_HARDER: true})
	if err != nil {
		t.Fatalf("no reader can read it: %v", err)
	}
	return got.GetText()
}

// paintSVG draws the path of a picture of ours, four pixels a module.
func paintSVG(t *testing.T, svg string) image.Image {
	t.Helper()
	const scale = 4
	box := regexp.MustCompile(`viewBox="0 0 (\d+) (\d+)"`).FindStringSubmatch(svg)
	if box == nil {
		t.Fatalf("no viewBox: %.100s", svg)
	}
	size, _ := strconv.Atoi(box[1])
	img := image.NewGray(image.Rect(0, 0, size*scale, size*scale))
	for i := range img.Pix {
		img.Pix[i] = 255
	}
	dark := svg[strings.Index(svg, `fill="#000"`):]
	for _, m := range regexp.MustCompile(`M(\d+) (\d+)h(\d+)v1h-\d+z`).FindAllStringSubmatch(dark, -1) {
		x, _ := strconv.Atoi(m[1])
		y, _ := strconv.Atoi(m[2])
		w, _ := strconv.Atoi(m[3])
		for py := y * scale; py < (y+1)*scale; py++ {
			for px := x * scale; px < (x+w)*scale; px++ {
				img.SetGray(px, py, color.Gray{})
			}
		}
	}
	return img
}

func TestQRCodesAreReadByAnotherLibrary(t *testing.T) {
	for _, text := range []string{
		"https://coding.example.edu/verify/0193a1b2-0000-7000-8000-000000000001",
		"http://127.0.0.1:8080/verify/0193a1b2-0000-7000-8000-000000000001",
		"https://" + strings.Repeat("long.", 40) + "example/verify/0193a1b2-0000-7000-8000-000000000001",
		"https://münchen.example/verify/1",
	} {
		svg, err := qrSVG(text, `The "label" & more`)
		if err != nil {
			t.Fatal(err)
		}
		if got := readQR(t, paintSVG(t, string(svg))); got != text {
			t.Errorf("got %q, want %q", got, text)
		}
		if strings.Contains(string(svg), `"label"`) {
			t.Error("the label is not escaped")
		}
	}
	if _, err := qrSVG(strings.Repeat("x", 5000), ""); err == nil {
		t.Error("5,000 characters fit")
	}
}

// TestQRCodesInPDF prints a code small, alone and on the report of a candidate, and reads it from the picture of the page.
func TestQRCodesInPDF(t *testing.T) {
	if _, err := exec.LookPath("pdftoppm"); err != nil {
		t.Skip("pdftoppm is not installed")
	}
	const text = "https://coding.example.edu/verify/0193a1b2-0000-7000-8000-000000000001"
	pdf := fpdf.New("P", "mm", "A4", "")
	pdf.AddPage()
	if err := drawQR(pdf, text, 170, 15, 25); err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	if err := pdf.Output(&b); err != nil {
		t.Fatal(err)
	}
	w, err := loadWords()
	if err != nil {
		t.Fatal(err)
	}
	page := hireReportPage{Who: "Ann Rivers", Test: strings.Repeat("A long name of a test ", 10), Taken: "on some day", Verify: text}
	sheet, err := hirePDF(w, page)
	if err != nil {
		t.Fatal(err)
	}
	for name, doc := range map[string][]byte{"alone": b.Bytes(), "on the report": sheet} {
		if got := readQR(t, pictureOf(t, doc)); got != text {
			t.Errorf("%s: got %q, want %q", name, got, text)
		}
	}
}

// pictureOf is the first page of a PDF at 150 dots an inch.
func pictureOf(t *testing.T, doc []byte) image.Image {
	t.Helper()
	file := filepath.Join(t.TempDir(), "page.pdf")
	if err := os.WriteFile(file, doc, 0o600); err != nil {
		t.Fatal(err)
	}
	if out, err := exec.Command("pdftoppm", "-gray", "-r", "150", "-singlefile", file, strings.TrimSuffix(file, ".pdf")).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	pgm, err := os.ReadFile(strings.TrimSuffix(file, ".pdf") + ".pgm")
	if err != nil {
		t.Fatal(err)
	}
	return readPGM(t, pgm)
}

// readPGM reads a binary grey map with 8 bits a pixel.
func readPGM(t *testing.T, b []byte) image.Image {
	t.Helper()
	m := regexp.MustCompile(`^P5\s+(\d+)\s+(\d+)\s+255\s`).FindSubmatch(b)
	if m == nil {
		t.Fatalf("no PGM: %.20q", b)
	}
	w, _ := strconv.Atoi(string(m[1]))
	h, _ := strconv.Atoi(string(m[2]))
	return &image.Gray{Pix: b[len(m[0]):], Stride: w, Rect: image.Rect(0, 0, w, h)}
}
