package progress

import (
	"errors"
	"fmt"
	"io"

	"crosswalk/progress/seal"
)

// ErrCannotSeal: the key that secrets are sealed with in the database cannot be had, or it is not the one that a secret was sealed with. It is
// the operator's to mend.
var ErrCannotSeal = errors.New("the key file that secrets are sealed with cannot be used")

func (s *Service) sealKey() ([]byte, error) {
	if s.opts.SealKey == nil {
		return nil, fmt.Errorf("%w: there is none", ErrCannotSeal)
	}
	key, err := s.opts.SealKey()
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCannotSeal, err)
	}
	return key, nil
}

// seal encrypts a secret for keeping; label says whose it is. ErrCannotSeal.
func (s *Service) seal(plain []byte, label string) ([]byte, error) {
	key, err := s.sealKey()
	if err != nil {
		return nil, err
	}
	return s.sealWith(key, plain, label)
}

func (s *Service) sealWith(key, plain []byte, label string) ([]byte, error) {
	nonce := make([]byte, seal.NonceSize)
	if _, err := io.ReadFull(s.rand, nonce); err != nil {
		return nil, fmt.Errorf("random numbers: %w", err)
	}
	return seal.Seal(key, nonce, plain, label)
}

// unseal gives what seal was given. ErrCannotSeal.
func (s *Service) unseal(sealed []byte, label string) ([]byte, error) {
	key, err := s.sealKey()
	if err != nil {
		return nil, err
	}
	plain, err := seal.Open(key, sealed, label)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrCannotSeal, err)
	}
	return plain, nil
}
