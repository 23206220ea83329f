package dev.onbehalf.lakebaselocal.proxy;

/** Who has signed in, and the token that the proxy forwards for them, good for minutes yet. */
public record SignedIn(String email, String accessToken) {

  /** Tells nothing of the token. */
  @Override
  public String toString() {
    return "SignedIn[" + email + "]";
  }
}
