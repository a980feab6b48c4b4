/* OpenCV's OpenBLAS, answered by NumPy's: the same library stands in both wheels, 39 MB each.
 *
 * OpenCV counts in 32-bit integers and NumPy's build in 64-bit ones, with `scipy_` and `64_` around each name. Only
 * what OpenCV is linked to is here; the build fails when it asks for more, and compares results before it goes on.
 */
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

typedef int64_t wide;
#define NO_MEMORY (-1010) /* LAPACKE's own number for it */

/* General products: C = alpha A B + beta C. */
#define GEMM(P, T, SCALAR)                                                                                             \
    extern void scipy_cblas_##P##gemm64_(int, int, int, wide, wide, wide, SCALAR, const T *, wide, const T *, wide,    \
                                         SCALAR, T *, wide);                                                           \
    void cblas_##P##gemm(int order, int turn_a, int turn_b, int m, int n, int k, SCALAR alpha, const T *a, int lda,    \
                         const T *b, int ldb, SCALAR beta, T *c, int ldc) {                                            \
        scipy_cblas_##P##gemm64_(order, turn_a, turn_b, m, n, k, alpha, a, lda, b, ldb, beta, c, ldc);                 \
    }
GEMM(s, float, float)
GEMM(d, double, double)
GEMM(c, void, const void *)
GEMM(z, void, const void *)

/* Pivots come back as 64-bit integers and are handed on as 32-bit ones. */
static void narrow(const wide *from, int *to, wide count) {
    for (wide i = 0; i < count; i++) to[i] = (int)from[i];
}

#define SOLVERS(P, T)                                                                                                  \
    extern void scipy_##P##gesv_64_(wide *, wide *, T *, wide *, wide *, T *, wide *, wide *);                         \
    void P##gesv_(int *n, int *nrhs, T *a, int *lda, int *ipiv, T *b, int *ldb, int *info) {                           \
        wide n_ = *n, nrhs_ = *nrhs, lda_ = *lda, ldb_ = *ldb, info_ = 0;                                              \
        wide *pivots = malloc((size_t)(n_ > 0 ? n_ : 1) * sizeof(wide));                                               \
        if (!pivots) { *info = NO_MEMORY; return; }                                                                    \
        scipy_##P##gesv_64_(&n_, &nrhs_, a, &lda_, pivots, b, &ldb_, &info_);                                          \
        if (info_ >= 0) narrow(pivots, ipiv, n_);                                                                      \
        free(pivots);                                                                                                  \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##getrf_64_(wide *, wide *, T *, wide *, wide *, wide *);                                     \
    void P##getrf_(int *m, int *n, T *a, int *lda, int *ipiv, int *info) {                                             \
        wide m_ = *m, n_ = *n, lda_ = *lda, info_ = 0, least = m_ < n_ ? m_ : n_;                                      \
        wide *pivots = malloc((size_t)(least > 0 ? least : 1) * sizeof(wide));                                         \
        if (!pivots) { *info = NO_MEMORY; return; }                                                                    \
        scipy_##P##getrf_64_(&m_, &n_, a, &lda_, pivots, &info_);                                                      \
        if (info_ >= 0) narrow(pivots, ipiv, least);                                                                   \
        free(pivots);                                                                                                  \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##posv_64_(char *, wide *, wide *, T *, wide *, T *, wide *, wide *, size_t);                 \
    void P##posv_(char *uplo, int *n, int *nrhs, T *a, int *lda, T *b, int *ldb, int *info) {                          \
        wide n_ = *n, nrhs_ = *nrhs, lda_ = *lda, ldb_ = *ldb, info_ = 0;                                              \
        scipy_##P##posv_64_(uplo, &n_, &nrhs_, a, &lda_, b, &ldb_, &info_, 1);                                         \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##potrf_64_(char *, wide *, T *, wide *, wide *, size_t);                                     \
    void P##potrf_(char *uplo, int *n, T *a, int *lda, int *info) {                                                    \
        wide n_ = *n, lda_ = *lda, info_ = 0;                                                                          \
        scipy_##P##potrf_64_(uplo, &n_, a, &lda_, &info_, 1);                                                          \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##geqrf_64_(wide *, wide *, T *, wide *, T *, T *, wide *, wide *);                           \
    void P##geqrf_(int *m, int *n, T *a, int *lda, T *tau, T *work, int *lwork, int *info) {                           \
        wide m_ = *m, n_ = *n, lda_ = *lda, lwork_ = *lwork, info_ = 0;                                                \
        scipy_##P##geqrf_64_(&m_, &n_, a, &lda_, tau, work, &lwork_, &info_);                                          \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##gels_64_(char *, wide *, wide *, wide *, T *, wide *, T *, wide *, T *, wide *, wide *,     \
                                    size_t);                                                                           \
    void P##gels_(char *trans, int *m, int *n, int *nrhs, T *a, int *lda, T *b, int *ldb, T *work, int *lwork,         \
                  int *info) {                                                                                         \
        wide m_ = *m, n_ = *n, nrhs_ = *nrhs, lda_ = *lda, ldb_ = *ldb, lwork_ = *lwork, info_ = 0;                    \
        scipy_##P##gels_64_(trans, &m_, &n_, &nrhs_, a, &lda_, b, &ldb_, work, &lwork_, &info_, 1);                    \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##gesdd_64_(char *, wide *, wide *, T *, wide *, T *, T *, wide *, T *, wide *, T *, wide *,  \
                                     wide *, wide *, size_t);                                                          \
    void P##gesdd_(char *jobz, int *m, int *n, T *a, int *lda, T *s, T *u, int *ldu, T *vt, int *ldvt, T *work,        \
                   int *lwork, int *iwork, int *info) {                                                                \
        wide m_ = *m, n_ = *n, lda_ = *lda, ldu_ = *ldu, ldvt_ = *ldvt, lwork_ = *lwork, info_ = 0;                    \
        wide least = m_ < n_ ? m_ : n_;                                                                                \
        wide *room = malloc((size_t)(least > 0 ? 8 * least : 1) * sizeof(wide)); /* only scratch: not handed on */     \
        (void)iwork;                                                                                                   \
        if (!room) { *info = NO_MEMORY; return; }                                                                      \
        scipy_##P##gesdd_64_(jobz, &m_, &n_, a, &lda_, s, u, &ldu_, vt, &ldvt_, work, &lwork_, room, &info_, 1);       \
        free(room);                                                                                                    \
        *info = (int)info_;                                                                                            \
    }                                                                                                                  \
    extern void scipy_##P##geev_64_(char *, char *, wide *, T *, wide *, T *, T *, T *, wide *, T *, wide *, T *,      \
                                    wide *, wide *, size_t, size_t);                                                   \
    void P##geev_(char *left, char *right, int *n, T *a, int *lda, T *wr, T *wi, T *vl, int *ldvl, T *vr, int *ldvr,   \
                  T *work, int *lwork, int *info) {                                                                    \
        wide n_ = *n, lda_ = *lda, ldvl_ = *ldvl, ldvr_ = *ldvr, lwork_ = *lwork, info_ = 0;                           \
        scipy_##P##geev_64_(left, right, &n_, a, &lda_, wr, wi, vl, &ldvl_, vr, &ldvr_, work, &lwork_, &info_, 1, 1);  \
        *info = (int)info_;                                                                                            \
    }
SOLVERS(s, float)
SOLVERS(d, double)
