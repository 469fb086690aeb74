"""The app's addresses; each name stands in the authorisation matrix."""

from __future__ import annotations

from django.urls import path, register_converter

from doorstep.programme.submissions.views import collection, log, quality, sending, submission
from doorstep.programme.submissions.views.parts import MonthConverter

register_converter(MonthConverter, "month_of_return")

urlpatterns = [
    path("collection/", collection.months, name="collection-months"),
    path("collection/<month_of_return:month>/", collection.month, name="collection"),
    path("collection/<month_of_return:month>/review/<slug:step>", collection.review, name="collection-review"),
    path("collection/<month_of_return:month>/check", collection.check_many, name="collection-check"),
    path("collection/<month_of_return:month>/sign-off", collection.sign_off_many, name="collection-sign-off"),
    path("collection/<month_of_return:month>/send-back", collection.send_back_many, name="collection-send-back"),
    path("collection/<month_of_return:month>/quality", quality.month_report, name="collection-quality"),
    path("collection/<month_of_return:month>/quality.csv", quality.month_report_file, name="collection-quality-file"),
    path("returns/", collection.places, name="returns"),
    path("returns/send", sending.send, name="return-send"),
    path("returns/of/<slug:place>/", quality.of_place, name="returns-of-place"),
    path("returns/of/<slug:place>/<month_of_return:month>/quality", quality.report, name="return-quality"),
    path(
        "returns/of/<slug:place>/<month_of_return:month>/quality.csv", quality.report_file, name="return-quality-file"
    ),
    path("returns/<uuid:id>/", submission.submission, name="submission"),
    path("returns/<uuid:id>/numbers", submission.numbers, name="submission-numbers"),
    path("returns/<uuid:id>/compare", submission.compare, name="submission-compare"),
    path("returns/<uuid:id>/file", submission.file, name="submission-file"),
    path("returns/<uuid:id>/check", submission.check, name="submission-check"),
    path("returns/<uuid:id>/check-again", submission.check_again, name="submission-check-again"),
    path("returns/<uuid:id>/sign-off", submission.sign_off, name="submission-sign-off"),
    path("returns/<uuid:id>/send-back", submission.send_back, name="submission-send-back"),
    path("returns/<uuid:id>/withdraw", submission.withdraw, name="submission-withdraw"),
    path("log/", log.log, name="log"),
    path("log/add", log.add, name="log-add"),
    path("log/<int:id>/close", log.close, name="log-close"),
]
