#!/usr/bin/env bash
# The disk image for macOS out of dist/Gesso.app: signed from the inside out, packed, notarised, stapled.
#
#   packaging/macos/package.sh VERSION
#
# GESSO_SIGN_AS       "Developer ID Application: Name (TEAM)"; without it everything is signed for this machine only
# GESSO_NOTARY        a profile of `xcrun notarytool store-credentials`; without it nothing is sent to Apple
set -euo pipefail

version="${1:?name the version}"
here="$(cd "$(dirname "$0")" && pwd)"
dist="$(cd "$here/../../dist" && pwd)"
app="$dist/Gesso.app"
image="$dist/gesso-$version.dmg"
identity="${GESSO_SIGN_AS:--}"

options=(--force --timestamp --options runtime --sign "$identity")
if [ "$identity" = "-" ]; then
    options=(--force --sign -)
fi

# 1. Every library and module, the deepest first: a signature seals what lies below it.
find "$app/Contents" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    while IFS= read -r -d '' library; do
        codesign "${options[@]}" "$library"
    done

# 2. Frameworks as wholes, such as Qt's, again the deepest first.
find "$app/Contents" -depth -type d -name '*.framework' -print0 |
    while IFS= read -r -d '' framework; do
        codesign "${options[@]}" "$framework"
    done

# 3. The programs, with what they may do, and last the app around them.
find "$app/Contents/MacOS" -type f -perm -u+x -print0 |
    while IFS= read -r -d '' program; do
        codesign "${options[@]}" --entitlements "$here/entitlements.plist" "$program"
    done
codesign "${options[@]}" --entitlements "$here/entitlements.plist" "$app"
codesign --verify --deep --strict --verbose=2 "$app"

# 4. The image: the app beside a link to where it belongs.
stage="$(mktemp -d)"
trap 'rm -rf "$stage"' EXIT
ditto "$app" "$stage/Gesso.app"
ln -s /Applications "$stage/Applications"
rm -f "$image"
hdiutil create -quiet -volname "Gesso $version" -srcfolder "$stage" -fs HFS+ -format ULFO "$image"
if [ "$identity" != "-" ]; then
    codesign --force --timestamp --sign "$identity" "$image"
fi

# 5. Apple's word on it goes into the image, so that it opens without a network.
if [ -n "${GESSO_NOTARY:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$GESSO_NOTARY" --wait
    xcrun stapler staple "$image"
    spctl --assess --type open --context context:primary-signature --verbose "$image"
fi
echo "$image"
