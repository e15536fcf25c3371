package io.lamella.storage.block.verify;

/// Something that is wrong with a block.
///
/// @param object the name of the object that it was seen in
/// @param place where in it, as `column=job page=7 row=812`; empty where it is the whole object
public record Finding(String object, String place, String what) {
  @Override
  public String toString() {
    return what + " [object=" + object + (place.isEmpty() ? "" : " " + place) + "]";
  }
}
