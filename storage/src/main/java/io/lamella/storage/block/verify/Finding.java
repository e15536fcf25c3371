package io.lamella.storage.block.verify;

/// An error that was found in a block.
///
/// @param object the name of the object with the error
/// @param place the position in the object, such as `column=job page=7 row=812`; empty for the
///   whole object
/// @param what the error: actual and expected
public record Finding(String object, String place, String what) {
  @Override
  public String toString() {
    return what + " [object=" + object + (place.isEmpty() ? "" : " " + place) + "]";
  }
}
