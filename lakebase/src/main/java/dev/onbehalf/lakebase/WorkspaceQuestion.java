package dev.onbehalf.lakebase;

/**
 * One of the few things that a workspace is asked, of which each has its own reading of a refusal.
 */
enum WorkspaceQuestion {
  WHOSE_TOKEN("whose an access token is", Asker.PERSON, About.TOKEN),
  PERSONS_CREDENTIAL("for a person's database credential", Asker.PERSON, About.ENDPOINT),
  OWN_NAME("who the service principal is", Asker.SERVICE_PRINCIPAL, About.TOKEN),
  OWN_CREDENTIAL(
      "for the service principal's database credential", Asker.SERVICE_PRINCIPAL, About.ENDPOINT),
  DISCOVERY("where its endpoints are", Asker.SERVICE_PRINCIPAL, About.TOKEN),
  WHETHER_IT_IS_THERE("whether it is there", Asker.NOBODY, About.TOKEN);

  /** With whose token it is asked. */
  enum Asker {
    PERSON,
    SERVICE_PRINCIPAL,
    NOBODY
  }

  /** Of what it is asked; what does not exist is that. */
  enum About {
    TOKEN,
    ENDPOINT
  }

  final String words;
  final Asker asker;
  final About about;

  WorkspaceQuestion(String words, Asker asker, About about) {
    this.words = words;
    this.asker = asker;
    this.about = about;
  }
}
