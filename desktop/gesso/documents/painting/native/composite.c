/* Sheets over sheets: the sums of runs.py and blend.py, compiled.
 *
 * Each sum is that of the numpy code, in float32 and in its order, so that not one bit of a picture depends on whether
 * this was built. What is left out of a run stands for a product with exactly 0 or 1, there as here. Nothing of Python
 * is called, so two threads do not wait for each other.
 */
#include "blend.h"

enum { RUN = 512 }; /* pixels at once: sums and source stay in the processor's nearest memory */
static const float BYTE_UNIT = (float)(1.0 / 255), WORD_UNIT = (float)(1.0 / 65535);

enum Kind { BYTES, WORDS, GROUND, GROUP };

typedef struct {
    const void *pixels;   /* (count, 4) straight; of a ground (4, count) of float, premultiplied */
    const uint8_t *mask;  /* (count), or none */
    const float *lights;  /* the light of each whole number, or none */
    float opacity;        /* at most 1 */
    int32_t kind, mode, atop;
    int32_t inside;       /* how many of the sheets that follow are a group's, those of its groups with them */
} Sheet;

typedef struct {
    void *pixels;  /* BYTES or WORDS of a picture, straight and rounded; or GROUND, planes without gaps */
    int64_t width; /* pixels to a row */
    int64_t pitch; /* bytes from row to row */
    int32_t kind;
} Out;

typedef struct {
    ALIGNED float colour[3][RUN]; /* premultiplied */
    float alpha[RUN];             /* meant only while VEILED */
} Sums;

typedef struct {
    ALIGNED float source[3][RUN];
    float cover[RUN]; /* its alpha */
    float share[RUN]; /* the factor of its colour */
    float found[RUN];
    int32_t steps[3][RUN];
} Room;

typedef enum { EMPTY, VEILED, OPAQUE } State;

/* --- what a sheet puts on a run ---------------------------------------------------------------------------------- */

/* How much of a run shows: all of it, none, or what lies between. */
WIDE static State shown_mask(const uint8_t *mask, int count) {
    uint8_t any = 0, all = 255;
    for (int i = 0; i < count; i++) any |= mask[i], all &= mask[i];
    return all == 255 ? OPAQUE : any ? VEILED : EMPTY;
}

WIDE static State shown_planes(const float *alpha, int count) {
    int veiled = 0;
    for (int i = 0; i < count; i++) veiled |= alpha[i] < 1.0f;
    return veiled ? VEILED : OPAQUE;
}

INLINE void veil(Room *room, int i, float alpha, float unit, float opacity, const uint8_t *mask) {
    float cover = alpha * unit * opacity;
    if (mask) cover *= (float)mask[i] * BYTE_UNIT;
    room->cover[i] = cover;
    room->share[i] = cover * unit;
}

INLINE State put_bytes(const uint8_t *RESTRICT pixels, const uint8_t *RESTRICT mask, float opacity, Room *RESTRICT room,
                       int count) {
    uint32_t any = 0, all = ~any;
    for (int i = 0; i < count; i++) {
        uint32_t pixel;
        memcpy(&pixel, pixels + 4 * i, 4);
        room->source[0][i] = (float)(int32_t)(pixel & 255);
        room->source[1][i] = (float)(int32_t)(pixel >> 8 & 255);
        room->source[2][i] = (float)(int32_t)(pixel >> 16 & 255);
        veil(room, i, (float)(int32_t)(pixel >> 24), BYTE_UNIT, opacity, mask);
        any |= pixel, all &= pixel;
    }
    return all >> 24 == 255 ? OPAQUE : any >> 24 ? VEILED : EMPTY;
}

INLINE State put_words(const uint8_t *RESTRICT pixels, const uint8_t *RESTRICT mask, float opacity, Room *RESTRICT room,
                       int count) {
    uint32_t any = 0, all = ~any;
    for (int i = 0; i < count; i++) {
        uint32_t low, high;
        memcpy(&low, pixels + 8 * i, 4);
        memcpy(&high, pixels + 8 * i + 4, 4);
        room->source[0][i] = (float)(int32_t)(low & 65535);
        room->source[1][i] = (float)(int32_t)(low >> 16);
        room->source[2][i] = (float)(int32_t)(high & 65535);
        veil(room, i, (float)(int32_t)(high >> 16), WORD_UNIT, opacity, mask);
        any |= high, all &= high;
    }
    return all >> 16 == 65535 ? OPAQUE : any >> 16 ? VEILED : EMPTY;
}

WIDE static State put(const uint8_t *pixels, int kind, const uint8_t *mask, float opacity, Room *room, int count) {
    if (kind == BYTES)
        return mask ? put_bytes(pixels, mask, opacity, room, count) : put_bytes(pixels, NULL, opacity, room, count);
    return mask ? put_words(pixels, mask, opacity, room, count) : put_words(pixels, NULL, opacity, room, count);
}

/* One channel as light. */
static void look_up_lights(const uint8_t *RESTRICT pixels, int kind, const float *RESTRICT lights, int channel,
                           float *RESTRICT source, int count) {
    if (kind == BYTES)
        for (int i = 0; i < count; i++) source[i] = lights[pixels[4 * i + channel]];
    else
        for (int i = 0; i < count; i++) {
            uint16_t code;
            memcpy(&code, pixels + 8 * i + 2 * channel, 2);
            source[i] = lights[code];
        }
}

/* A layer's own pixels; how much of them shows but for mask and opacity. */
static State unpack(const Sheet *sheet, int64_t start, Room *room, int count) {
    const uint8_t *pixels = (const uint8_t *)sheet->pixels + start * (sheet->kind == BYTES ? 4 : 8);
    const uint8_t *mask = sheet->mask ? sheet->mask + start : NULL;
    const State state = put(pixels, sheet->kind, mask, sheet->opacity, room, count);
    if (sheet->lights && state != EMPTY)
        for (int channel = 0; channel < 3; channel++)
            look_up_lights(pixels, sheet->kind, sheet->lights, channel, room->source[channel], count);
    return state;
}

/* Straight in place. */
WIDE static void straighten(float *RESTRICT colour, const float *RESTRICT alpha, int count) {
    for (int i = 0; i < count; i++) colour[i] /= most(alpha[i], TINY);
}

/* A group's own: what its sheets are together is the source. */
WIDE static void weigh(const Sheet *sheet, int64_t start, Sums *inner, State state, Room *room, int count) {
    const int is_straight = sheet->mode != NORMAL;
    for (int i = 0; i < count; i++) {
        const float alpha = state == OPAQUE ? 1.0f : inner->alpha[i];
        float weight = sheet->opacity;
        if (sheet->mask) weight *= (float)sheet->mask[start + i] * BYTE_UNIT;
        room->cover[i] = alpha * weight;
        room->share[i] = is_straight ? room->cover[i] : weight;
    }
    if (is_straight && state == VEILED)
        for (int channel = 0; channel < 3; channel++) straighten(inner->colour[channel], inner->alpha, count);
}

/* --- sheet over sheet -------------------------------------------------------------------------------------------- */

WIDE static void lay(float *RESTRICT colour, const float *RESTRICT source, const float *RESTRICT share, int count) {
    for (int i = 0; i < count; i++) colour[i] = source[i] * share[i];
}

WIDE static void cover_up(float *RESTRICT colour, const float *RESTRICT alpha, const float *RESTRICT source,
                          const float *RESTRICT cover, const float *RESTRICT share, int count) {
    if (alpha)
        for (int i = 0; i < count; i++) colour[i] = colour[i] * (1.0f - cover[i]) + source[i] * share[i] * alpha[i];
    else
        for (int i = 0; i < count; i++) colour[i] = colour[i] * (1.0f - cover[i]) + source[i] * share[i];
}

WIDE static void raise_alpha(float *RESTRICT alpha, const float *RESTRICT cover, int count) {
    for (int i = 0; i < count; i++) alpha[i] = alpha[i] * (1.0f - cover[i]) + cover[i];
}

static void look_up(const float *RESTRICT table, const int32_t *RESTRICT steps, float *RESTRICT found, int count) {
    for (int i = 0; i < count; i++) found[i] = table[steps[i]];
}

static void blend(const Sheet *sheet, Sums *sums, State state, float *const *source, Room *room,
                  const float *lightened, int count) {
    const int is_bytes = sheet->kind == BYTES, mode = sheet->mode == SOFT && is_bytes ? SOFT_FOUND : sheet->mode;
    const float top = is_bytes ? 255.0f : sheet->kind == WORDS ? 65535.0f : 1.0f;
    const float unit = is_bytes ? BYTE_UNIT : sheet->kind == WORDS ? WORD_UNIT : 1.0f;
    const int atop = sheet->atop && state == VEILED;
    if (mode >= HUE && mode <= LUMINOSITY) {
        if (state == OPAQUE)
            for (int i = 0; i < count; i++) sums->alpha[i] = 1.0f;
        (mode == HUE          ? add_hue
         : mode == SATURATION ? add_saturation
         : mode == COLOUR     ? add_colour
                              : add_luminosity)(sums->colour[0], sums->colour[1], sums->colour[2], sums->alpha, source[0],
                                           source[1], source[2], room->cover, room->share, unit, atop ? 0.0f : 1.0f,
                                           count);
        return;
    }
    for (int channel = 0; channel < 3; channel++) {
        float *colour = sums->colour[channel];
        if (mode == SOFT_FOUND) {
            find_steps(colour, state == OPAQUE ? NULL : sums->alpha, room->steps[0], count);
            look_up(lightened, room->steps[0], room->found, count);
        }
        (state == OPAQUE ? add_opaque : atop ? add_atop : add_veiled)(mode, colour, sums->alpha, source[channel],
                                                                      room->cover, room->share, top, unit,
                                                                      room->found, count);
    }
}

/* One run of `count` sheets, those in groups counted, as `_stack` of runs.py has it. */
static State stack(const Sheet *sheets, int32_t sheet_count, int64_t start, int64_t stride, int count,
                   const float *lightened, Room *room, Sums *sums) {
    const size_t bytes = (size_t)count * sizeof(float);
    State state = EMPTY;
    for (int32_t place = 0; place < sheet_count; place += 1 + sheets[place].inside) {
        const Sheet *sheet = &sheets[place];
        if (sheet->kind == GROUND) {
            const float *planes = (const float *)sheet->pixels + start;
            for (int channel = 0; channel < 3; channel++)
                memcpy(sums->colour[channel], planes + channel * stride, bytes);
            memcpy(sums->alpha, planes + 3 * stride, bytes);
            state = shown_planes(sums->alpha, count);
            continue;
        }
        if (sheet->atop && state == EMPTY) continue;
        const State mask = sheet->mask ? shown_mask(sheet->mask + start, count) : OPAQUE;
        if (mask == EMPTY) continue;
        Sums inner;
        float *source[3];
        State own;
        if (sheet->kind == GROUP) {
            own = stack(sheet + 1, sheet->inside, start, stride, count, lightened, room, &inner);
            if (own == EMPTY) continue;
            weigh(sheet, start, &inner, own, room, count);
        } else {
            own = unpack(sheet, start, room, count);
            if (own == EMPTY) continue;
        }
        for (int channel = 0; channel < 3; channel++)
            source[channel] = sheet->kind == GROUP ? inner.colour[channel] : room->source[channel];
        const int is_opaque = own == OPAQUE && mask == OPAQUE && sheet->opacity == 1.0f;
        const int atop = sheet->atop && state == VEILED;
        if (state == EMPTY || (is_opaque && sheet->mode == NORMAL && !atop)) {
            for (int channel = 0; channel < 3; channel++) lay(sums->colour[channel], source[channel], room->share, count);
            state = is_opaque ? OPAQUE : VEILED;
            if (!is_opaque) memcpy(sums->alpha, room->cover, bytes);
            continue;
        }
        if (sheet->mode == NORMAL)
            for (int channel = 0; channel < 3; channel++)
                cover_up(sums->colour[channel], atop ? sums->alpha : NULL, source[channel], room->cover, room->share,
                         count);
        else
            blend(sheet, sums, state, source, room, lightened, count);
        if (state == VEILED && !atop) raise_alpha(sums->alpha, room->cover, count);
    }
    return state;
}

/* --- as pixels ---------------------------------------------------------------------------------------------------- */

/* The nearest whole number, the even one of two: where floats are two to the 23rd apart from 0, they are whole. */
INLINE uint32_t byte_of(float value) {
    const float sum = least(fabsf(value * 255.0f), 255.0f) + 8388608.0f;
    uint32_t bits;
    memcpy(&bits, &sum, 4);
    return bits & 255;
}

INLINE uint32_t word_of(float value) {
    return (uint32_t)(int32_t)least(most(value * 65535.0f + 0.5f, 0.0f), 65535.0f);
}

INLINE int32_t root_of(float light) { return (int32_t)least(sqrtf(most(light, 0.0f)) * ROOTS + 0.5f, ROOTS); }

INLINE void put_byte_pixel(uint8_t *out, uint32_t red, uint32_t green, uint32_t blue, uint32_t alpha) {
    const uint32_t pixel = red | green << 8 | blue << 16 | alpha << 24;
    memcpy(out, &pixel, 4);
}

INLINE void put_word_pixel(uint8_t *out, uint32_t red, uint32_t green, uint32_t blue, uint32_t alpha) {
    const uint32_t low = red | green << 16, high = blue | alpha << 16;
    memcpy(out, &low, 4);
    memcpy(out + 4, &high, 4);
}

WIDE static void write_bytes(const float *RESTRICT red, const float *RESTRICT green, const float *RESTRICT blue,
                             const float *RESTRICT alpha, uint8_t *RESTRICT out, int count) {
    for (int i = 0; i < count; i++)
        put_byte_pixel(out + 4 * i, byte_of(red[i]), byte_of(green[i]), byte_of(blue[i]), byte_of(alpha[i]));
}

WIDE static void write_words(const float *RESTRICT red, const float *RESTRICT green, const float *RESTRICT blue,
                             const float *RESTRICT alpha, uint8_t *RESTRICT out, int count) {
    for (int i = 0; i < count; i++)
        put_word_pixel(out + 8 * i, word_of(red[i]), word_of(green[i]), word_of(blue[i]), word_of(alpha[i]));
}

WIDE static void find_roots(const float *RESTRICT colour, int32_t *RESTRICT steps, int count) {
    for (int i = 0; i < count; i++) steps[i] = root_of(colour[i]);
}

/* Light as numbers. */
static void write_light(const Sums *sums, int32_t (*steps)[RUN], const void *codes, int kind, int at, uint8_t *out,
                        int count) {
    const int32_t *red = steps[0] + at, *green = steps[1] + at, *blue = steps[2] + at;
    const float *alpha = sums->alpha + at;
    const uint8_t *bytes = codes;
    const uint16_t *words = codes;
    if (kind == BYTES)
        for (int i = 0; i < count; i++)
            put_byte_pixel(out + 4 * i, bytes[red[i]], bytes[green[i]], bytes[blue[i]], byte_of(alpha[i]));
    else
        for (int i = 0; i < count; i++)
            put_word_pixel(out + 8 * i, words[red[i]], words[green[i]], words[blue[i]], word_of(alpha[i]));
}

/* A run as pixels, straight and rounded. */
static void write_pixels(Sums *sums, State state, Room *room, const void *codes, const Out *out, int64_t start,
                         int count) {
    const int step = out->kind == BYTES ? 4 : 8;
    for (int channel = 0; channel < 3 && state != EMPTY; channel++) {
        if (state == VEILED) straighten(sums->colour[channel], sums->alpha, count);
        if (codes && out->kind == BYTES) find_steps(sums->colour[channel], NULL, room->steps[channel], count);
        else if (codes) find_roots(sums->colour[channel], room->steps[channel], count);
    }
    if (state == OPAQUE)
        for (int i = 0; i < count; i++) sums->alpha[i] = 1.0f;
    for (int at = 0, part; at < count; at += part) {
        const int64_t column = (start + at) % out->width;
        uint8_t *place = (uint8_t *)out->pixels + (start + at) / out->width * out->pitch + column * step;
        part = (int)(out->width - column < count - at ? out->width - column : count - at);
        if (state == EMPTY) memset(place, 0, (size_t)part * step);
        else if (codes) write_light(sums, room->steps, codes, out->kind, at, place, part);
        else
            (out->kind == BYTES ? write_bytes : write_words)(sums->colour[0] + at, sums->colour[1] + at,
                                                            sums->colour[2] + at, sums->alpha + at, place, part);
    }
}

static void write_planes(const Sums *sums, State state, float *out, int64_t stride, int count) {
    const size_t bytes = (size_t)count * sizeof(float);
    for (int channel = 0; channel < 3; channel++) {
        if (state == EMPTY) memset(out + channel * stride, 0, bytes);
        else memcpy(out + channel * stride, sums->colour[channel], bytes);
    }
    float *alpha = out + 3 * stride;
    for (int i = 0; i < count; i++) alpha[i] = state == EMPTY ? 0.0f : state == OPAQUE ? 1.0f : sums->alpha[i];
}

/* Sheets from the bottom up, each of `count` pixels, as what is asked for. */
EXPORT void gesso_composite(const Sheet *sheets, int32_t sheet_count, const float *lightened, const void *codes,
                            const Out *out, int64_t count) {
    Room room;
    Sums sums;
    for (int64_t start = 0; start < count; start += RUN) {
        const int run = (int)(count - start < RUN ? count - start : RUN);
        const State state = stack(sheets, sheet_count, start, count, run, lightened, &room, &sums);
        if (out->kind == GROUND) write_planes(&sums, state, (float *)out->pixels + start, count, run);
        else write_pixels(&sums, state, &room, codes, out, start, run);
    }
}

/* Which form of the above this is; native/__init__.py asks before it calls. */
EXPORT int32_t gesso_form(void) { return 2; }
