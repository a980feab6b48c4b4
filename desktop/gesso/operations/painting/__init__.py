"""Operations on pixels. Pictures are (height, width, channels), 8 or 16 bit, sRGB, and left as they are."""
