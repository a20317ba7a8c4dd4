"""What a person reads for each code, in Chinese and English; `domain.wording` joins them."""
