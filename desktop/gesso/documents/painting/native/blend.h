/* What a source adds to what is below, mode by mode: blend.py, compiled. */
#include <math.h>
#include <stdint.h>
#include <string.h>

#if defined(__BYTE_ORDER__) && __BYTE_ORDER__ != __ORDER_LITTLE_ENDIAN__
#error "Pixels are read as numbers of 32 bits, red lowest: numpy composites here."
#endif
#if defined(_MSC_VER)
#define EXPORT __declspec(dllexport)
#define RESTRICT __restrict
#define ALIGNED __declspec(align(64))
#define INLINE static __forceinline
#pragma fp_contract(off)
#else
#define EXPORT __attribute__((visibility("default")))
#define RESTRICT __restrict__
#define ALIGNED __attribute__((aligned(64)))
#define INLINE static inline __attribute__((always_inline))
#endif
/* Once for any processor, and again for those that take eight or sixteen numbers at a time; the loader chooses. */
#if defined(__GNUC__) && defined(__x86_64__) && defined(__ELF__) && defined(__GLIBC__)
#if __GNUC__ >= 12 && !defined(__clang__)
#define WIDE __attribute__((target_clones("arch=x86-64-v4", "avx2", "default")))
#else
#define WIDE __attribute__((target_clones("avx2", "default")))
#endif
#else
#define WIDE
#endif

#define TINY 1e-30f
#define NOISE 1e-6f
#define STEPS 65000.0f
#define ROOTS 262143.0f

/* The order of BLENDS in blend.py. */
enum Mode {
    NORMAL, MULTIPLY, SCREEN, OVERLAY, DARKEN, LIGHTEN, DODGE, BURN, HARD, SOFT, DIFFERENCE, EXCLUSION,
    HUE, SATURATION, COLOUR, LUMINOSITY,
    SOFT_FOUND /* soft light of eight bits, what a table has for it was looked up */
};

INLINE float most(float a, float b) { return a > b ? a : b; }
INLINE float least(float a, float b) { return a < b ? a : b; }

/* b: what is below; s: the source in 0-top; c: cover; h: share = cover / top; unit = 1 / top. */
INLINE float twice_less_one(float s, float h, float top) { return (s - top * 0.5f) * (h + h); }

INLINE float add_hard(float u, float b) { return most(u, 0.0f) - fabsf(u) * b; }

INLINE float dodge(float b, float s) { return least(most(b - NOISE, 0.0f) / most(1.0f - s, TINY), 1.0f); }

INLINE float burn(float b, float s) { return 1.0f - least(most((1.0f - NOISE) - b, 0.0f) / most(s, TINY), 1.0f); }

INLINE int32_t step_of(float light) { return (int32_t)least(most(light * STEPS, 0.0f), 65535.0f); }

INLINE float add_soft_found(float u, float b, float d) { return u * (b - b * b) + d * most(u, 0.0f); }

INLINE float add_soft(float u, float b) {
    const float high = most(u, 0.0f), slow = b - b * b, z = least(b - 0.25f, 0.0f);
    const float d = (z * z * 16.0f + 1.0f) * z + sqrtf(b - z);
    return (u * slow - (slow + b) * high) + d * high;
}

/* Where tables have what they say of each colour: looked up by itself, for it is the one thing done number by number. */
WIDE static void find_steps(const float *RESTRICT colour, const float *RESTRICT alpha, int32_t *RESTRICT steps, int count) {
    if (alpha)
        for (int i = 0; i < count; i++) steps[i] = step_of(colour[i] / most(alpha[i], TINY));
    else
        for (int i = 0; i < count; i++) steps[i] = step_of(colour[i]);
}

#define SEPARABLE(MODE_IS)                                                                                             \
    MODE_IS(MULTIPLY, (s - top) * h * b)                                                                               \
    MODE_IS(SCREEN, s * h * (1.0f - b))                                                                                \
    MODE_IS(OVERLAY, twice_less_one(s, h, top) * least(1.0f - b, b))                                                   \
    MODE_IS(DARKEN, least(s - b * top, 0.0f) * h)                                                                      \
    MODE_IS(LIGHTEN, most(s - b * top, 0.0f) * h)                                                                      \
    MODE_IS(DODGE, (dodge(b, s * unit) - b) * c)                                                                       \
    MODE_IS(BURN, (burn(b, s * unit) - b) * c)                                                                         \
    MODE_IS(HARD, add_hard(twice_less_one(s, h, top), b))                                                              \
    MODE_IS(SOFT, add_soft(twice_less_one(s, h, top), b))                                                              \
    MODE_IS(SOFT_FOUND, add_soft_found(twice_less_one(s, h, top), b, found[i]))                                        \
    MODE_IS(DIFFERENCE, (fabsf(s * unit - b) - b) * c)                                                                 \
    MODE_IS(EXCLUSION, s * h * (b * -2.0f + 1.0f))

#define GIVEN                                                                                                          \
    int mode, float *RESTRICT colour, const float *RESTRICT alpha, const float *RESTRICT source,                       \
        const float *RESTRICT cover, const float *RESTRICT share, float top, float unit,                               \
        const float *RESTRICT found, int count

/* One channel on what is opaque. */
WIDE static void add_opaque(GIVEN) {
    (void)alpha;
    switch (mode) {
#define ON_OPAQUE(MODE, SUM)                                                                                           \
    case MODE:                                                                                                         \
        for (int i = 0; i < count; i++) {                                                                              \
            const float b = colour[i], s = source[i], c = cover[i], h = share[i];                                      \
            (void)c, (void)h;                                                                                          \
            colour[i] = b + (SUM);                                                                                     \
        }                                                                                                              \
        break;
        SEPARABLE(ON_OPAQUE)
    }
}

/* One channel on what is not, and beside it. */
WIDE static void add_veiled(GIVEN) {
    switch (mode) {
#define ON_VEILED(MODE, SUM)                                                                                           \
    case MODE:                                                                                                         \
        for (int i = 0; i < count; i++) {                                                                              \
            const float a = alpha[i], s = source[i], c = cover[i], h = share[i], b = colour[i] / most(a, TINY);        \
            (void)c;                                                                                                   \
            colour[i] += (SUM) * a + s * h * (1.0f - a);                                                               \
        }                                                                                                              \
        break;
        SEPARABLE(ON_VEILED)
    }
}

/* One channel only where something is below. */
WIDE static void add_atop(GIVEN) {
    switch (mode) {
#define ATOP(MODE, SUM)                                                                                                \
    case MODE:                                                                                                         \
        for (int i = 0; i < count; i++) {                                                                              \
            const float a = alpha[i], s = source[i], c = cover[i], h = share[i], b = colour[i] / most(a, TINY);        \
            (void)c, (void)h;                                                                                          \
            colour[i] += (SUM) * a;                                                                                    \
        }                                                                                                              \
        break;
        SEPARABLE(ATOP)
    }
}

/* --- hue and its kin --------------------------------------------------------------------------------------------- */

typedef struct {
    float r, g, b;
} Three;

INLINE float greatest(Three c) { return most(most(c.r, c.g), c.b); }
INLINE float lowest(Three c) { return least(least(c.r, c.g), c.b); }
INLINE float lum(Three c) { return c.r * 0.3f + c.g * 0.59f + c.b * 0.11f; }
INLINE float sat(Three c) { return greatest(c) - lowest(c); }

INLINE Three set_lum(Three c, float want) {
    const float own = lum(c);
    Three from = {c.r - own, c.g - own, c.b - own};
    const float up = least((1.0f - want) / most(greatest(from), TINY), 1.0f);
    const float room = least(up, -(want / least(lowest(from), -TINY)));
    Three found = {from.r * room + want, from.g * room + want, from.b * room + want};
    return found;
}

INLINE Three set_sat(Three c, float want) {
    const float low = lowest(c), spread = want / most(greatest(c) - low, TINY);
    Three found = {(c.r - low) * spread, (c.g - low) * spread, (c.b - low) * spread};
    return found;
}

/* All channels on what may be opaque, its alpha written out; `beside` is 1, or 0 only where something is below. */
#define MIXED(NAME, SUM)                                                                                               \
    WIDE static void NAME(float *RESTRICT red, float *RESTRICT green, float *RESTRICT blue,                            \
                          const float *RESTRICT alpha, const float *RESTRICT own_red, const float *RESTRICT own_green, \
                          const float *RESTRICT own_blue, const float *RESTRICT cover, const float *RESTRICT share,    \
                          float unit, float beside, int count) {                                                       \
        for (int i = 0; i < count; i++) {                                                                              \
            const float a = alpha[i], c = cover[i], rest = (1.0f - a) * beside, under = most(a, TINY);                 \
            const float h = share[i];                                                                                  \
            const Three b = {red[i] / under, green[i] / under, blue[i] / under};                                       \
            const Three s = {own_red[i] * unit, own_green[i] * unit, own_blue[i] * unit};                              \
            const Three found = SUM;                                                                                   \
            red[i] += (found.r - b.r) * c * a + own_red[i] * h * rest;                                                 \
            green[i] += (found.g - b.g) * c * a + own_green[i] * h * rest;                                             \
            blue[i] += (found.b - b.b) * c * a + own_blue[i] * h * rest;                                               \
        }                                                                                                              \
    }
MIXED(add_hue, set_lum(set_sat(s, sat(b)), lum(b)))
MIXED(add_saturation, set_lum(set_sat(b, sat(s)), lum(b)))
MIXED(add_colour, set_lum(s, lum(b)))
MIXED(add_luminosity, set_lum(b, lum(s)))
