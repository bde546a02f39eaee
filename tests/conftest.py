"""Laws are judged by what they say, not by how long they take on a busy machine."""

from hypothesis import HealthCheck, settings

settings.register_profile(
    "berita", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("berita")
